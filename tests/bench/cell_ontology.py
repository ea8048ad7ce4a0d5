#!/usr/bin/env python3
"""Compares the Cell Ontology ids of the knowledge file with the ontology itself.

usage: cell_ontology.py [KNOWLEDGE.yaml] ; needs PyYAML and cellxgene-ontology-guide (PyPI), which brings the terms along. Prints
each subset beside the label of its term, for a person to compare; exits 1 for an id that is not there or deprecated.
"""
import pathlib
import sys

import yaml
from cellxgene_ontology_guide.ontology_parser import OntologyParser

SHIPPED = pathlib.Path(__file__).parents[2] / "configs/pbmc.yaml"


def main(path):
    ontology = OntologyParser()
    wrong = []
    counted = 0
    for subset in yaml.safe_load(open(path))["subsets"]:
        ids = [subset["cl"]] if subset.get("cl") else []
        for term in ids + subset.get("cl_alt", []):
            counted += 1
            try:
                label = ontology.get_term_label(term)
                if ontology.is_term_deprecated(term):
                    wrong.append(f"{subset['id']}: {term} is deprecated")
            except (KeyError, ValueError) as unknown:
                label = "?"
                wrong.append(f"{subset['id']}: {term} is not in the ontology ({unknown})")
            print(f"{subset['id']:20} {subset['name']:60} {term} {label}")
        if not ids:
            print(f"{subset['id']:20} {subset['name']:60} -")
    print(f"{counted} ids, {len(wrong)} wrong")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else SHIPPED))
