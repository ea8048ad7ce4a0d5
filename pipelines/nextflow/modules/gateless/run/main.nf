// The whole analysis of a study: `study` is the study file, `sheet` its sample sheet, `events` the files that the sheet names.
process GATELESS_RUN {
    tag "$meta.id"
    label 'process_high'

    conda "${moduleDir}/environment.yml"
    container "gateless:0.1.0"  // scripts/container builds it

    input:
    tuple val(meta), path(study), path(sheet), path(events, stageAs: 'fcs/*')

    output:
    tuple val(meta), path("${prefix}")                   , emit: results
    tuple val(meta), path("${prefix}/report.html")       , emit: report
    tuple val(meta), path("${prefix}/model.h5")          , emit: model
    tuple val(meta), path("${prefix}/events*.h5ad")      , emit: events, optional: true
    tuple val(meta), path("${prefix}/gateless_mqc.json") , emit: mqc
    tuple val("${task.process}"), val('gateless'), eval("gateless --version | cut -d ' ' -f 2"), topic: versions, emit: versions_gateless

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    gateless run \\
        ${study} \\
        --out ${prefix} \\
        --threads ${task.cpus} \\
        ${args}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir ${prefix}
    touch ${prefix}/report.html ${prefix}/model.h5 ${prefix}/events.h5ad ${prefix}/gateless_mqc.json
    """
}
