"""How often is a verdict right? Many small data sets of known truth, each learned and judged.

Of data sets without a symmetry the fraction that is called one, of data sets with one the fraction
that is found, each with its exact interval; and whether p-values keep their promise.
"""
