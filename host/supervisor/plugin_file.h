#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace host::supervisor {

// Which file a plugin is loaded from: a runner is never given tasks of another one, and what was
// learned by inspecting a file counts as long as this does not change.
struct PluginFile {
  std::string path;
  std::uint64_t device = 0;
  std::uint64_t inode = 0; // 0: there is no such file
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  friend auto operator<=>(const PluginFile &, const PluginFile &) = default;

  bool exists() const { return inode != 0; }
};

// As the file is now; one system call.
PluginFile look_at_plugin(const std::string &path);

} // namespace host::supervisor
