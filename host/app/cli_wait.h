#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "host/app/cli_worker_api.h"
#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/base/state.h"
#include "host/json/value.h"

namespace host::app::cli {

// What `--wait` waits for.
struct Goal {
  enum class Part : std::uint8_t { All = 1, ConnectorOnly, OneTask };

  std::string connector;
  TargetState target = TargetState::Started;
  Part part = Part::All;
  std::int64_t task = 0; // with OneTask
};

// Time as the waiting sees it: tests own both.
struct Pace {
  const Clock &clock;
  std::function<void(Duration)> pause; // between two looks
};

// Looks at the status until the goal is reached and returns that status. An error if it is not
// within `timeout`, or if something has FAILED and stays so for a second (what was FAILED before
// the request may be seen a moment longer), or if no worker answers.
Result<json::Value> await(WorkerApi &worker, const Pace &pace, const Goal &goal, Duration timeout);

// What a connector that is there will go back to by itself: a paused or stopped one stays so.
TargetState lasting_target(const json::Value &status);

} // namespace host::app::cli
