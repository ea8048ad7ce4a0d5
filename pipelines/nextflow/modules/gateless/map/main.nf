// Files mapped onto a frozen model; the folder is a part for GATELESS_COMBINE.
process GATELESS_MAP {
    tag "$meta.id"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "gateless:0.1.0"  // scripts/container builds it

    input:
    tuple val(meta), path(events, stageAs: 'fcs/*')
    tuple val(meta2), path(model)

    output:
    tuple val(meta), path("${prefix}")                   , emit: part
    tuple val(meta), path("${prefix}/abundance.csv")     , emit: abundance
    tuple val(meta), path("${prefix}/gateless_mqc.json") , emit: mqc
    tuple val("${task.process}"), val('gateless'), eval("gateless --version | cut -d ' ' -f 2"), topic: versions, emit: versions_gateless

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    gateless map \\
        ${model} \\
        fcs/* \\
        --out ${prefix} \\
        --threads ${task.cpus} \\
        ${args}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir ${prefix}
    touch ${prefix}/abundance.csv ${prefix}/gateless_mqc.json
    """
}
