// How a colleague gates the named cells by hand: a sentence for each population.

/// "Within B cells: IgD < 900 and CD27 < 1,500."
function gateSentence(row) {
  return make("div", {}, row.within ? [make("span", {class: "weak"}, `within ${row.within}: `)] : [], row.rectangles.replace(/; /g, ", then "));
}

function gatesTable() {
  const rows = records(results.gates);
  const share = (title, key, tip) => ({title, tip, numeric: true, value: (row) => row[key],
                                       show: (row) => missing(row[key]) ? kNotAvailable : percent(row[key])});
  return sortableTable([
    {title: "Population", value: (row) => row.name || row.subset},
    ...(unique(rows.map((row) => row.panel)).length > 1 ? [{title: "Panel", value: (row) => row.panel}] : []),
    {title: "Rectangles", value: (row) => row.rectangles, wide: true, show: gateSentence},
    {title: "Labelled", value: (row) => row.labelled, show: (row) => count(row.labelled), numeric: true, tip: "Events that gateless calls so"},
    share("Recall", "recall", "Of these, the share that is inside"),
    share("Precision", "precision", "Of what is inside, the share that gateless calls so"),
    {title: "F1", value: (row) => row.f1, show: (row) => missing(row.f1) ? kNotAvailable : digits(row.f1, 2), numeric: true,
     tip: "Harmonic mean of recall and precision"},
  ], rows).element;
}
