"""What the gateway is measured against."""
