#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace host::storage::test {

// A folder of one test, gone with it.
class TempFolder {
public:
  TempFolder() {
    std::string name = std::filesystem::temp_directory_path() / "sluice-storage-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder &) = delete;
  TempFolder &operator=(const TempFolder &) = delete;

  std::string operator/(const std::string &name) const { return path_ / name; }
  const std::filesystem::path &path() const { return path_; }

private:
  std::filesystem::path path_;
};

inline void put_file(const std::string &path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}
inline std::string get_file(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace host::storage::test
