"""The best of both: a network whose input is what the operations leave of an image, not the image.

Content cannot be memorised where it is not seen.
"""
