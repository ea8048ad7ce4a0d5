#!/usr/bin/env bash
# FlowKit 1.3.2 (FlowIO 1.4.0), Python 3: a Gating-ML 2.0 gate with compensation-ref="FCS" asks for the file's own spillover matrix.
# FCS 3.1 lets $SPILLOVER name only the channels that are compensated. FlowKit takes every channel whose name does not begin with
# FSC, SSC or Time for one that the matrix must hold: a detector beside it that needs no compensation, or scatter called
# FS-A and SS-A (Navios), ends in a ValueError instead of a count. With FSC-A and SSC-A and nothing else
# the same gate on the same events is counted.
# Seen 2026-11-28:
#   FSC-A SSC-A F1-A F2-A: 47
#   FS-A SS-A F1-A F2-A: ValueError
#   FSC-A SSC-A F1-A F2-A F3-A: ValueError
# Whoever writes Gating-ML for others has to count with this; the error's words point to the null channels of a Sample.
# Fails if a newer reading of these pinned versions differs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet flowkit==1.3.2 flowio==1.4.0
cat >"$folder/try.py" <<'PY'
import sys

import flowkit
import numpy as np

GATE = """<?xml version="1.0" encoding="UTF-8"?>
<gating:Gating-ML xmlns:gating="http://www.isac-net.org/std/Gating-ML/v2.0/gating"
  xmlns:data-type="http://www.isac-net.org/std/Gating-ML/v2.0/datatypes">
 <gating:RectangleGate gating:id="bright">
  <gating:dimension gating:compensation-ref="FCS" gating:min="500"><data-type:fcs-dimension data-type:name="F1-A"/></gating:dimension>
 </gating:RectangleGate>
</gating:Gating-ML>"""


def write(path, channels):
    values = np.random.default_rng(1).uniform(0, 1000, (100, len(channels))).astype("<f4")
    keys = {"$BYTEORD": "1,2,3,4", "$DATATYPE": "F", "$MODE": "L", "$NEXTDATA": "0", "$TOT": "100",
            "$PAR": str(len(channels)), "$BEGINANALYSIS": "0", "$ENDANALYSIS": "0", "$BEGINSTEXT": "0", "$ENDSTEXT": "0",
            "$SPILLOVER": "2,F1-A,F2-A,1,0.1,0,1"}
    for number, channel in enumerate(channels, 1):
        keys |= {f"$P{number}N": channel, f"$P{number}B": "32", f"$P{number}E": "0,0", f"$P{number}R": "1024"}

    def text(first, last):
        entries = (keys | {"$BEGINDATA": f"{first:08d}", "$ENDDATA": f"{last:08d}"}).items()
        return ("/" + "/".join(word for entry in entries for word in entry) + "/").encode()

    first = 58 + len(text(0, 0))
    last = first + values.nbytes - 1
    header = b"FCS3.1    " + b"".join(b"%8d" % at for at in (58, first - 1, first, last, 0, 0))
    open(path, "wb").write(header + text(first, last) + values.tobytes())


folder = sys.argv[1]
open(f"{folder}/gate.xml", "w").write(GATE)
for channels in ("FSC-A SSC-A F1-A F2-A", "FS-A SS-A F1-A F2-A", "FSC-A SSC-A F1-A F2-A F3-A"):
    write(f"{folder}/events.fcs", channels.split())
    try:
        gates = flowkit.parse_gating_xml(f"{folder}/gate.xml")
        result = gates.gate_sample(flowkit.Sample(f"{folder}/events.fcs")).get_gate_count("bright")
    except ValueError as error:
        result = type(error).__name__
    print(f"{channels}: {result}")
PY
"$folder/env/bin/python" "$folder/try.py" "$folder" 2>/dev/null | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
FSC-A SSC-A F1-A F2-A: 47
FS-A SS-A F1-A F2-A: ValueError
FSC-A SSC-A F1-A F2-A F3-A: ValueError
SEEN
