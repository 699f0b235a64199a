#include "host/supervisor/plugin_file.h"

#include <sys/stat.h>

namespace host::supervisor {

PluginFile look_at_plugin(const std::string &path) {
  PluginFile file;
  file.path = path;
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0)
    return file;
  file.device = info.st_dev;
  file.inode = info.st_ino;
  file.size = info.st_size;
  file.mtime_ns = std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
  return file;
}

} // namespace host::supervisor
