"""What all pages of ours share: drawing, language, static files, sign-in, forms."""
