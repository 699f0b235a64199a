#include "host/app/cli_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace host::app::cli {
namespace {

bool is_connector_file(const std::filesystem::directory_entry &entry) {
  const auto extension = entry.path().extension();
  std::error_code ignored; // a dangling link is no file
  return (extension == ".json" || extension == ".properties") && entry.is_regular_file(ignored);
}

Result<std::vector<std::string>> files_in(const std::string &folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error))
    if (is_connector_file(*at))
      paths.push_back(at->path().string());
  if (error)
    return fail(Code::Io, fmt::format("{}: {}", folder, error.message()));
  if (paths.empty())
    return fail(Code::NotFound, fmt::format("{}: there is no *.json and no *.properties in this "
                                            "folder (folders below it are not searched)",
                                            folder));
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<std::vector<std::string>> all_paths(const std::vector<std::string> &given) {
  std::vector<std::string> paths;
  for (const std::string &path : given) {
    std::error_code ignored; // reading it will say what is wrong
    if (!std::filesystem::is_directory(path, ignored)) {
      paths.push_back(path);
      continue;
    }
    HOST_ASSIGN(const auto found, files_in(path));
    paths.insert(paths.end(), found.begin(), found.end());
  }
  return paths;
}

// Of two files about one connector the later would undo the earlier.
bool refuse_twins(const std::vector<FoundFile> &files, Screen &screen) {
  bool refused = false;
  for (auto file = files.begin(); file != files.end(); ++file) {
    const auto twin = std::find_if(files.begin(), file, [&](const FoundFile &earlier) {
      return earlier.content.name == file->content.name && earlier.path != file->path;
    });
    if (twin == file)
      continue;
    refused = true;
    screen.complain(fmt::format("{} and {} are both about the connector {}; give it one file",
                                twin->path, file->path, file->content.name),
                    kExitUsage);
  }
  return refused;
}

} // namespace

std::optional<std::vector<FoundFile>> read_files(const std::vector<std::string> &paths,
                                                 Screen &screen) {
  const auto found = all_paths(paths);
  if (!found) {
    screen.complain(found.error().message(), kExitUsage);
    return std::nullopt;
  }
  std::vector<FoundFile> files;
  bool complete = true;
  for (const std::string &path : *found) {
    auto file = read_connector_file(path);
    complete = complete && file;
    if (file)
      files.push_back({path, *std::move(file)});
    else
      screen.complain(file.error().message(), kExitUsage);
  }
  if (!complete || refuse_twins(files, screen))
    return std::nullopt;
  return files;
}

} // namespace host::app::cli
