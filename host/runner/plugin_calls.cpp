#include "host/runner/plugin_calls.h"

#include <optional>
#include <utility>

#include "host/metrics/callback_guard.h"

namespace host::runner {
namespace {

using metrics::Callback;
using metrics::CallbackGuard;

Callback callback_of(plugin::LoadStep step) {
  switch (step) {
  case plugin::LoadStep::Load:
    return Callback::Load;
  case plugin::LoadStep::Entry:
    return Callback::Entry;
  case plugin::LoadStep::Init:
    return Callback::Init;
  }
  return Callback::None;
}

plugin::OnLoadStep mark_in(metrics::TaskSlot &slot) {
  return [&slot, guard = std::make_shared<std::optional<CallbackGuard>>()](plugin::LoadStep step,
                                                                           bool entered) {
    if (entered)
      guard->emplace(slot, callback_of(step));
    else
      guard->reset();
  };
}

} // namespace

Result<std::shared_ptr<const plugin::Connector>>
find_connector(const std::string &path, const std::string &class_name, metrics::TaskSlot &slot) {
  const auto mark = mark_in(slot);
  HOST_ASSIGN(const auto library, plugin::Library::load(path, mark));
  HOST_TRY(library->init(mark));
  return library->find(class_name);
}

Result<link::Inspected> inspect(const std::string &path, metrics::TaskSlot &slot) {
  HOST_ASSIGN(const auto library, plugin::Library::load(path, mark_in(slot)));
  return link::Inspected{plugin::encode(library->descriptors())};
}

Result<link::Validated> validate(const link::Validate &request, metrics::TaskSlot &slot) {
  HOST_ASSIGN(const auto library, plugin::Library::load(request.plugin_path, mark_in(slot)));
  HOST_ASSIGN(const auto connector, library->find(request.class_name));
  const CallbackGuard guard(slot, Callback::Validate);
  HOST_ASSIGN(auto reports, connector->validate(request.config));
  link::Validated validated;
  for (plugin::KeyReport &report : reports)
    validated.keys.push_back({std::move(report.name), std::nullopt, std::move(report.recommended),
                              std::move(report.errors), report.visible});
  return validated;
}

Result<link::OffsetsAltered> alter_offsets(const link::AlterOffsets &request,
                                           metrics::TaskSlot &slot) {
  HOST_ASSIGN(const auto connector, find_connector(request.plugin_path, request.class_name, slot));
  const CallbackGuard guard(slot, Callback::AlterOffsets);
  HOST_ASSIGN(const bool complete, connector->alter_offsets(request.config, request.changes));
  return link::OffsetsAltered{complete};
}

} // namespace host::runner
