"""From FCS files to a file of labels by another program: files_to_labels.py flowsom|sklearn LABELS.npy FILE..."""

import sys
import warnings

import numpy

EPOCHS, GRID, METACLUSTERS, NODES = 10, 16, 20, 100
NO_MARKER = ("FSC", "SSC", "TIME", "EVENT", "VIABILITY", "LIVE")


def events_of(path):
    """The markers' columns of an FCS 3 file of 32-bit floats, [events][markers], after arcsinh(x / 150)."""
    with open(path, "rb") as file:
        data = file.read()
    text = data[int(data[10:18]):int(data[18:26]) + 1].decode("utf-8", "replace")
    words = text[1:].rstrip(text[0]).split(text[0])
    keywords = {name.upper(): value for name, value in zip(words[::2], words[1::2])}
    channels, events = int(keywords["$PAR"]), int(keywords["$TOT"])
    order = "<f4" if keywords["$BYTEORD"].startswith("1") else ">f4"
    values = numpy.frombuffer(data, order, channels * events, int(keywords["$BEGINDATA"])).reshape(events, channels)
    stained = [channel for channel in range(channels)
               if not (keywords.get(f"$P{channel + 1}S", "") or "FSC").upper().startswith(NO_MARKER)]
    return numpy.arcsinh(values[:, stained].astype(numpy.float32) / 150)


def by_sklearn(values):
    from sklearn.cluster import KMeans

    return KMeans(n_clusters=NODES, n_init=1, max_iter=EPOCHS, tol=0, algorithm="lloyd", random_state=1).fit(values).labels_


def by_flowsom(values):
    import anndata
    import flowsom

    table = anndata.AnnData(values)
    table.var_names = [f"m{column}" for column in range(values.shape[1])]
    found = flowsom.FlowSOM(table, cols_to_use=list(table.var_names), n_clusters=METACLUSTERS, xdim=GRID, ydim=GRID,
                            rlen=EPOCHS, seed=1)
    return found.get_cell_data().obs["metaclustering"].to_numpy()


def main():
    program, labels, *files = sys.argv[1:]
    warnings.simplefilter("ignore")
    values = numpy.concatenate([events_of(path) for path in files])
    numpy.save(labels, {"sklearn": by_sklearn, "flowsom": by_flowsom}[program](values))


main()
