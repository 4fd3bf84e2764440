"""The drawings, a file each; `gallery.py` finds them."""
