"""The networks of Phenaki (Villegas et al. 2022, arXiv 2210.02399): C-ViViT tokenizer, masked transformer, token critic."""
