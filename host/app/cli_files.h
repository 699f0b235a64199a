#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/app/cli_screen.h"
#include "host/app/connector_files.h"

namespace host::app::cli {

// A connector file and where it was found.
struct FoundFile {
  std::string path;
  ConnectorFile content;
};

// The files at `paths`, of folders their *.json and *.properties by name: all, before anything is
// sent. None, and the reasons are said, if one of them cannot be read or two are about the same
// connector.
std::optional<std::vector<FoundFile>> read_files(const std::vector<std::string> &paths,
                                                 Screen &screen);

} // namespace host::app::cli
