#pragma once

#include <memory>
#include <span>
#include <string>

#include <sluice/abi/sink.h>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/strings.h"
#include "host/plugin/connector.h"
#include "host/plugin/context.h"

namespace host::plugin {

// The plugin's side of one sink task: calls with checked answers. Made, called and destroyed on the
// task's thread; cancel() may come from any.
class SinkInstance {
public:
  // Calls the plugin's create. Schemas that the plugin makes are the pool's.
  static Result<std::unique_ptr<SinkInstance>> create(std::shared_ptr<const Connector> connector,
                                                      const TaskId &task,
                                                      std::shared_ptr<SinkCalls> calls,
                                                      std::shared_ptr<data::SchemaPool> schemas);
  ~SinkInstance(); // calls destroy
  SinkInstance(const SinkInstance &) = delete;
  SinkInstance &operator=(const SinkInstance &) = delete;

  Status start(const StringMap &config);
  Status open(std::span<const sluice_tp> partitions);
  Status put(const sluice_sink_batch &batch);
  // The plugin may lower the offsets; what it raised is left out (-1), with a warning.
  Status pre_commit(std::span<sluice_tp> offsets);
  Status close(std::span<const sluice_tp> partitions, bool lost);
  Status stop();
  void cancel() noexcept; // any thread

private:
  SinkInstance(std::shared_ptr<const Connector> connector, sluice_ctx &ctx);

  std::shared_ptr<const Connector> connector_;
  sluice_ctx &ctx_;
  void *task_ = nullptr;
};

} // namespace host::plugin
