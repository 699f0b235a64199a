#pragma once

#include <string>
#include <vector>

#include "host/app/try_pipeline.h"
#include "host/app/try_record.h"
#include "host/base/error.h"
#include "host/base/redactor.h"
#include "host/base/strings.h"
#include "host/config/config_resolver.h"

namespace host::app::dry_run {

// What a worker gives to its connectors and a dry run too: config providers, and the converters
// that a connector does not name. Made once, then only read.
class WorkerSide {
public:
  // No file: no providers, and Connect's own converters.
  WorkerSide() = default;
  // Other keys of the file are not looked at: it need not be complete.
  static Result<WorkerSide> read(const std::string &path);

  // The configuration as the worker hands it to a task. What the values of variables are is told
  // to `hidden`; errors are those of a provider.
  Result<Config> complete(const Config &given, Redactor &hidden) const;

private:
  config::ConfigResolver providers_;
  StringMap converters_; // the keys of converters, variables replaced
  std::vector<std::string> secrets_;
};

// The same without secrets, for eyes and logs: what `hidden` knows reads `[hidden]`.
RawRecord concealed(const RawRecord &record, const Redactor &hidden);
Error concealed(const Error &error, const Redactor &hidden);
Outcome concealed(Outcome outcome, const Redactor &hidden);

} // namespace host::app::dry_run
