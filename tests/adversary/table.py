"""Print what every attack gains and what its row says.

python tests/adversary/table.py
"""

from classroom import grade_class, stopped

if __name__ == "__main__":
    for sandbox in (None, "bwrap"):
        rows, visits, left = grade_class(sandbox)
        level = f"--sandbox {sandbox}" if sandbox else "no sandbox"
        print(f"\n| {level} | points | the row says |\n|---|---|---|")
        for name in [*stopped(sandbox), "honest"]:
            points = sum(int(row["points"]) for row in rows[name])
            print(f"| {name} | {points} | {rows[name][0]['message']} |")
        print(f"\nReached the grader over the network: {visits}; left behind: {left}")
