#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/plugin/descriptor.h"
#include "host/supervisor/plugin_file.h"

namespace host::supervisor {

// What inspected files contained, kept in `<folder>/plugins.json` between starts. An entry counts
// as long as path, device, inode, size and modification time are the same, and the cache as a whole
// as long as this build reads descriptors in the same way. A cache that cannot be read or written
// is none: it is only there to save time. One thread at a time.
class InspectionCache {
public:
  // An empty folder: nothing is read or kept.
  explicit InspectionCache(std::string folder);

  const std::vector<plugin::Descriptor> *find(const PluginFile &file) const;
  void put(const PluginFile &file, std::vector<plugin::Descriptor> descriptors);
  // Drops what is not among `files`, and writes the file anew if anything changed.
  void keep_only(const std::vector<PluginFile> &files);

private:
  void read();
  void write() const;

  const std::string folder_;
  std::map<PluginFile, std::vector<plugin::Descriptor>> entries_;
  bool changed_ = false;
};

} // namespace host::supervisor
