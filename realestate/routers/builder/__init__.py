"""What only a builder's team has: /api/builder/…"""
