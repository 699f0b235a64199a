#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <sluice/abi/source.h>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/strings.h"
#include "host/plugin/connector.h"
#include "host/plugin/context.h"

namespace host::plugin {

// A batch that a plugin handed out, checked enough to be walked. The plugin's until released.
struct SourceBatch {
  const sluice_source_batch *handle = nullptr;
  const unsigned char *records = nullptr;
  std::size_t size = 0;
  std::size_t stride = 0;

  const sluice_source_record &operator[](std::size_t i) const {
    return *reinterpret_cast<const sluice_source_record *>(records + i * stride);
  }
};

// The plugin's side of one source task: calls with checked answers. Made, called and destroyed on
// the task's thread; cancel() and wake() may come from any. Every batch must be released before.
class SourceInstance {
public:
  // Calls the plugin's create. Schemas that the plugin makes are the pool's.
  static Result<std::unique_ptr<SourceInstance>> create(std::shared_ptr<const Connector> connector,
                                                        const TaskId &task,
                                                        std::shared_ptr<SourceCalls> calls,
                                                        std::shared_ptr<data::SchemaPool> schemas);
  ~SourceInstance(); // calls destroy
  SourceInstance(const SourceInstance &) = delete;
  SourceInstance &operator=(const SourceInstance &) = delete;

  Status start(const StringMap &config);
  // An empty batch (no handle): nothing now. What poll hands out is released here when it is wrong.
  Result<SourceBatch> poll(std::int64_t max_wait_ms);
  Status on_delivered(const SourceBatch &batch, std::span<const sluice_delivery> deliveries);
  Status commit();
  Status stop();
  void release(const SourceBatch &batch) noexcept;
  void cancel() noexcept; // any thread
  void wake() noexcept;   // any thread

  bool wants_deliveries() const;
  bool wants_commit() const;
  bool can_wake() const;

private:
  SourceInstance(std::shared_ptr<const Connector> connector, sluice_ctx &ctx);
  Result<SourceBatch> checked(const sluice_source_batch *batch);

  std::shared_ptr<const Connector> connector_;
  sluice_ctx &ctx_;
  void *task_ = nullptr;
};

} // namespace host::plugin
