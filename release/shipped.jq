# The crates of cargo's metadata that are built into the root, by name and version.
def normal: [.deps[] | select(any(.dep_kinds[]; .kind == null)) | .pkg];
def shipped($built):
  ($built | split("\n")) as $names
  | .resolve.root as $root
  | [.packages[] | select(.id != $root and ("\(.name)@\(.version)" as $one | any($names[]; . == $one)))]
  | sort_by(.name, .version);
