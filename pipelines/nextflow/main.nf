// An archive on any engine that Nextflow drives: its files are mapped in parts onto one model, and the parts combined.
//   nextflow run pipelines/nextflow --files 'archive/*.fcs' --model model.h5 --study study.yaml --sheet samples.csv
// The sheet's paths must be the names under which the files lie (fcs/NAME.fcs); --part_size: files of a part.

include { GATELESS_MAP     } from './modules/gateless/map/main'
include { GATELESS_COMBINE } from './modules/gateless/combine/main'

params.files     = null
params.model     = null
params.study     = null
params.sheet     = null
params.part_size = 20

workflow {
    number = 0
    parts = channel.fromPath(params.files, checkIfExists: true)
        .toSortedList { file -> file.name }
        .flatMap { files -> files.collate(params.part_size as int) }
        .map { files -> [[id: "part${++number}"], files] }

    GATELESS_MAP(parts, [[id: 'model'], file(params.model, checkIfExists: true)])

    gathered = GATELESS_MAP.out.part
        .map { meta, folder -> folder }
        .collect()
        .map { folders -> [[id: 'result'], folders, file(params.study, checkIfExists: true), file(params.sheet, checkIfExists: true)] }

    GATELESS_COMBINE(gathered)
}
