# Of cargo's metadata, the crates that are in the binary: all but what only tests and build scripts take.
# A line each, between tabs: name, version, licence, repository, folder.
include "release/shipped";
shipped($built) | .[] | [.name, .version, (.license // "see its files"), (.repository // "-"), (.manifest_path | rtrimstr("/Cargo.toml"))]
  | @tsv
