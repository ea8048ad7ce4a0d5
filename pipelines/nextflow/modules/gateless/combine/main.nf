// The tables, statistics and report of a whole study from the parts that GATELESS_MAP wrote.
process GATELESS_COMBINE {
    tag "$meta.id"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "gateless:0.1.0"  // scripts/container builds it

    input:
    tuple val(meta), path(parts, stageAs: 'parts/*'), path(study), path(sheet)

    output:
    tuple val(meta), path("${prefix}")                   , emit: results
    tuple val(meta), path("${prefix}/report.html")       , emit: report
    tuple val(meta), path("${prefix}/gateless_mqc.json") , emit: mqc
    tuple val("${task.process}"), val('gateless'), eval("gateless --version | cut -d ' ' -f 2"), topic: versions, emit: versions_gateless

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    gateless combine \\
        parts/* \\
        --study ${study} \\
        --out ${prefix} \\
        --threads ${task.cpus} \\
        ${args}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir ${prefix}
    touch ${prefix}/report.html ${prefix}/gateless_mqc.json
    """
}
