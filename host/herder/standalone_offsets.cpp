// Changes of stored offsets (contract 2.8).
#include <utility>

#include "host/herder/offset_changes.h"
#include "host/herder/standalone_herder.h"
#include "host/kafka/client_config.h"

namespace host::herder {
// The turn is held throughout, so that the connector stays stopped: each step has a deadline.
Job StandaloneHerder::run_alter_offsets(std::string name,
                                        std::optional<std::vector<OffsetChange>> changes,
                                        Callback<std::string> done) {
  Turns::Turn turn = co_await turns_.of(name);
  Connector *connector = table_.find(name);
  if (connector == nullptr) {
    done(fail(Code::NotFound, "Connector " + name + " not found"));
    co_return;
  }
  if (connector->target != TargetState::Stopped || !connector->task_configs.empty()) {
    done(fail(not_stopped(name)));
    co_return;
  }
  auto spec = parts_.spec(*connector);
  if (!spec) {
    done(fail(std::move(spec).error()));
    co_return;
  }
  OffsetOwner owner{*std::move(spec), connector->plugin->descriptor.kind,
                    kafka::sink_group(options_.validation.worker, connector->resolved.values)};
  OffsetTools tools{tick_, *supervisor_, offsets_, groups_};
  done(co_await change_offsets(tools, std::move(owner), std::move(changes)));
}

} // namespace host::herder
