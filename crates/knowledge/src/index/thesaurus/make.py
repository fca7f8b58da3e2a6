#!/usr/bin/env python3
"""Makes wordnet.txt from the files of WordNet's dictionary: `make.py FOLDER > wordnet.txt`.

FOLDER holds data.noun, index.noun, index.sense and so on, as https://wordnet.princeton.edu offers them.
A line is a word and what else it may be called: the words of the senses it is used in most, the ones above and below
them, and those derived from it. WordNet counts how often a sense stands in its texts; rarer words are left out.
"""

import collections
import pathlib
import re
import sys

PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
POINTERS = {"@": "a kind of", "~": "of the kind", "+": "derived"}
SENSES_MAX = 4
WORDS_MAX = 8
COUNT_MIN = 2
# Accents and phrases are left out: questions are looked up word by word.
PLAIN = re.compile(r"^[a-z]{3,}$")


def lines(folder, name):
    text = (folder / name).read_text(encoding="latin-1")
    return [line for line in text.splitlines() if not line.startswith("  ")]


def read_sets(folder):
    sets = {}
    for name, part in PARTS.items():
        for line in lines(folder, f"data.{name}"):
            cells = line.split("|")[0].split()
            count = int(cells[3], 16)
            words = [re.sub(r"\(.*\)", "", cells[4 + 2 * n]).lower() for n in range(count)]
            pointers = cells[5 + 2 * count :]
            sets[cells[0], part] = words, [pointers[n : n + 4] for n in range(0, 4 * int(cells[4 + 2 * count]), 4)]
    return sets


def read_senses(folder):
    counts = {}
    for line in lines(folder, "index.sense"):
        key, offset, _, count = line.split()
        word, rest = key.split("%")
        counts[word, offset, "?nvara"[int(rest[0])]] = int(count)
    senses = collections.defaultdict(list)
    for name, part in PARTS.items():
        for line in lines(folder, f"index.{name}"):
            cells = line.split()
            for rank, offset in enumerate(cells[-int(cells[2]) :]):
                senses[cells[0]].append((-counts.get((cells[0], offset, part), 0), rank, (offset, part)))
    return counts, {word: [key for _, _, key in sorted(found)[:SENSES_MAX]] for word, found in senses.items()}


def others(word, senses, sets):
    found = {}
    for key in senses:
        words, pointers = sets[key]
        found.update(dict.fromkeys(words))
        for symbol, offset, part, which in pointers:
            if symbol in POINTERS:
                target = sets[offset, "a" if part == "s" else part][0]
                # `00` to `00` is from a whole set to a whole set; else the number says which word of it.
                found.update(dict.fromkeys(target if which == "0000" else [target[int(which[2:], 16) - 1]]))
    found.pop(word, None)
    return list(found)


def main():
    folder = pathlib.Path(sys.argv[1])
    sets = read_sets(folder)
    counts, senses = read_senses(folder)
    common = collections.Counter()
    for (word, _, _), count in counts.items():
        common[word] += count
    kept = {word for word, count in common.items() if count >= COUNT_MIN and PLAIN.match(word)}
    for word in sorted(kept & senses.keys()):
        near = [other for other in others(word, senses[word], sets) if other in kept]
        near.sort(key=lambda other: -common[other])
        if near:
            print(word, *near[:WORDS_MAX])


main()
