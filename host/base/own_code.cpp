#include "host/base/own_code.h"

#include <sys/mman.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace host {
namespace {

struct Mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

std::string own_path() {
  std::error_code none;
  return std::filesystem::read_symlink("/proc/self/exe", none).string();
}

// A line of /proc/self/maps or the head of an entry of smaps: is it code of that file? Such pages
// are never written, so that nothing is lost with them.
bool is_code_of(const std::string &path, const std::string &line, Mapping &mapping) {
  char access[5] = {};
  return !path.empty() && line.ends_with(' ' + path) &&
         std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %4s", &mapping.begin, &mapping.end,
                     access) == 3 &&
         std::string_view(access) == "r-xp";
}

} // namespace

void let_go_of_code() {
  const std::string path = own_path();
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (Mapping code; is_code_of(path, line, code))
      ::madvise(reinterpret_cast<void *>(code.begin), code.end - code.begin, MADV_DONTNEED);
}

std::size_t mapped_code_bytes() {
  const std::string path = own_path();
  std::size_t kib = 0;
  bool is_ours = false;
  std::ifstream maps("/proc/self/smaps");
  for (std::string line; std::getline(maps, line);) {
    Mapping mapping;
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " ", &mapping.begin, &mapping.end) == 2)
      is_ours = is_code_of(path, line, mapping);
    std::size_t size = 0;
    if (is_ours && std::sscanf(line.c_str(), "Rss: %zu kB", &size) == 1)
      kib += size;
  }
  return kib * 1024;
}

} // namespace host
