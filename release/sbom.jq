# Cargo's metadata as a bill of materials: CycloneDX 1.5.
include "release/shipped";
def purl: "pkg:cargo/\(.name)@\(.version)";
($sums | split("\n") | map(split(" ") | {key: .[0], value: .[1]}) | from_entries) as $sums
| .resolve as $resolve | .packages as $packages
| ($packages | map({key: .id, value: purl}) | from_entries) as $purls
| ($packages[] | select(.id == $resolve.root)) as $root
| shipped($built) as $shipped
| ([$root] + $shipped | map(.id)) as $in
| {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      timestamp: ($epoch | tonumber | todate),
      component: {
        type: "application", "bom-ref": ($root | purl), name: $root.name, version: $root.version, purl: ($root | purl),
        description: $root.description, licenses: [{expression: $root.license}]
      }
    },
    components: [$shipped[] | {
      type: "library", "bom-ref": purl, name, version, purl: purl, scope: "required",
      licenses: [{expression: (.license // "NOASSERTION") | gsub("/"; " OR ")}],
      hashes: [{alg: "SHA-256", content: $sums["\(.name)@\(.version)"]} | select(.content)],
      externalReferences: [{type: "vcs", url: .repository} | select(.url)]
    }],
    dependencies: [$resolve.nodes[] | select(.id as $id | any($in[]; . == $id)) | {
      ref: $purls[.id],
      dependsOn: ([normal[] | select(. as $id | any($in[]; . == $id)) | $purls[.]] | sort)
    }] | sort_by(.ref)
  }
