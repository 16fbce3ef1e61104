"""What only the platform's administrators have: /api/admin/…"""
