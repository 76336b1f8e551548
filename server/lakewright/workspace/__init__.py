"""Files as the guard lets them be seen: roots, ignore rules, encodings, notebooks, syntax."""
