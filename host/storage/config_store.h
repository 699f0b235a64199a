#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/storage/config_state.h"
#include "host/storage/config_table.h"

namespace host::storage {

// What a cluster is to run, on the config topic (contract 3.2). One per worker; owned by the app,
// used by the herder. Every call may come from any thread and returns at once; callbacks run on the
// store's own thread and must not block.
//
// A write is done when it was acknowledged by all in-sync replicas and read back, so that the
// snapshot has it; it has 30 s for that. Writes that concern one connector are done one after the
// other, in order. A write that failed for lack of time may have come to pass all the same: the
// topic tells. Who may write what is the herder's business.
class ConfigStore {
public:
  using Done = std::function<void(Status)>;
  using OnEvent = std::function<void(const ConfigEvent &)>;
  static constexpr Duration kWriteBudget{30'000};

  virtual ~ConfigStore() = default;

  // Reads the topic to its end; `on_ready` once, when there is a snapshot or what is wrong for
  // good. From then on `on_event` for each record that changes something or asks for something;
  // the snapshot has it by then.
  virtual void start(OnEvent on_event, Done on_ready) = 0;
  virtual void stop() = 0;

  // Never null. Takes no longer than to copy a list of names.
  virtual std::shared_ptr<const ConfigState> snapshot() const = 0;
  // Done when everything was read that is in the topic now, or with a Timeout error.
  virtual void refresh(Duration timeout, Done done) = 0;

  virtual void put_connector(const std::string &connector, const StringMap &config,
                             std::optional<TargetState> target, Done done) = 0;
  virtual void remove_connector(const std::string &connector, Done done) = 0;
  virtual void put_task_configs(const std::string &connector, const std::vector<StringMap> &tasks,
                                Done done) = 0;
  virtual void put_target_state(const std::string &connector, TargetState target, Done done) = 0;
  virtual void put_task_count(const std::string &connector, std::int32_t tasks, Done done) = 0;
  virtual void put_session_key(const SessionKey &key, Done done) = 0;
  virtual void put_restart_request(const RestartRequest &request, Done done) = 0;
  virtual void put_logger_level(const std::string &logger, const std::string &level, Done done) = 0;

  // Records that said nothing and were skipped, each with a line in the log.
  virtual std::uint64_t skipped_records() const = 0;
  // What the store waits for, in words for /health; empty when it is ready.
  virtual std::string waiting_for() const = 0;
};

// The store of a distributed worker. Touches no network: start() does. Config errors name the key.
Result<std::unique_ptr<ConfigStore>> open_config_store(const StringMap &worker);

} // namespace host::storage
