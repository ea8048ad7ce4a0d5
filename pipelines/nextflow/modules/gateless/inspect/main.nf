// What is in files, what `run` would make of each channel, and whether they fit one panel, as JSON.
process GATELESS_INSPECT {
    tag "$meta.id"
    label 'process_low'

    conda "${moduleDir}/environment.yml"
    container "gateless:0.1.0"  // scripts/container builds it

    input:
    tuple val(meta), path(events, stageAs: 'fcs/*')

    output:
    tuple val(meta), path("${prefix}.json"), emit: json
    tuple val("${task.process}"), val('gateless'), eval("gateless --version | cut -d ' ' -f 2"), topic: versions, emit: versions_gateless

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    gateless inspect \\
        fcs/* \\
        --json \\
        ${args} \\
        > ${prefix}.json
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.json
    """
}
