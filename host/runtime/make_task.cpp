#include <utility>

#include "host/plugin/connector.h"
#include "host/runtime/sink_task.h"
#include "host/runtime/source_task.h"

namespace host::runtime {

std::unique_ptr<Task> make_task(TaskSpec spec, std::shared_ptr<const plugin::Connector> connector,
                                TaskHost &host, ProducerPool &pool, metrics::TaskSlot &slot,
                                const Clock &clock) {
  if (connector->kind() == plugin::Kind::Sink)
    return std::make_unique<SinkTask>(std::move(spec), std::move(connector), host, slot, clock);
  return std::make_unique<SourceTask>(std::move(spec), std::move(connector), host, pool, slot,
                                      clock);
}

} // namespace host::runtime
