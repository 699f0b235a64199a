#pragma once

#include <cstdint>
#include <string>

#include "host/app/cli_files.h"
#include "host/app/cli_worker_api.h"

namespace host::app::cli {

// What a worker says of a config that it was asked to check.
struct Verdict {
  json::Value infos; // its answer
  std::int64_t error_count = 0;
  std::string errors; // a line for each, `  key: message`

  bool valid() const { return error_count == 0 && errors.empty(); }
  // `PATH: 2 errors` and the errors, fit for a terminal, without an end of line.
  std::string text(const std::string &path) const;
};

// Has the worker check a file's config, changing nothing. Errors begin with the path; BadRequest if
// the file does not say which connector to ask.
Result<Verdict> validate_file(WorkerApi &worker, const FoundFile &file);

} // namespace host::app::cli
