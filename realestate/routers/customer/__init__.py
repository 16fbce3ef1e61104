"""What only customers have: /api/customer/…"""
