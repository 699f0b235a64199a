#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "host/plugin/call.h"
#include "host/plugin/tables.h"

namespace host::plugin {
namespace {

constexpr std::size_t kMaxClassName = 512;

Error missing(const std::string &owner, std::string_view slot) {
  return Error(Code::Config, fmt::format("{}: required function {} is missing", owner, slot));
}

// Puts `stub` into an optional slot that the plugin left empty; true if the plugin has its own.
template <class F> bool fill(F &slot, F stub) {
  if (slot != nullptr)
    return true;
  slot = stub;
  return false;
}

Status take_object(const sluice_connector_desc &desc, const std::string &owner, Tables &tables) {
  HOST_ASSIGN(tables.object, copy_growable(desc.connector, owner + ": the connector table"));
  auto &t = tables.object;
  if (t.create == nullptr)
    return missing(owner, "connector.create");
  if (t.destroy == nullptr)
    return missing(owner, "connector.destroy");
  if (t.start == nullptr)
    return missing(owner, "connector.start");
  if (t.task_configs == nullptr)
    return missing(owner, "connector.task_configs");
  fill<decltype(t.stop)>(t.stop, [](void *, sluice_error *) { return sluice_status{SLUICE_OK}; });
  fill<decltype(t.cancel)>(t.cancel, [](void *) {});
  fill<decltype(t.validate)>(t.validate, [](const sluice_host *, const sluice_kv *, std::size_t,
                                            sluice_report *, const sluice_report_api *,
                                            sluice_error *) { return sluice_status{SLUICE_OK}; });
  fill<decltype(t.exactly_once_support)>(t.exactly_once_support,
                                         [](const sluice_host *, const sluice_kv *, std::size_t,
                                            std::int32_t *support, sluice_error *) {
                                           *support = SLUICE_EXACTLY_ONCE_UNSUPPORTED;
                                           return sluice_status{SLUICE_OK};
                                         });
  fill<decltype(t.can_define_transactions)>(
      t.can_define_transactions,
      [](const sluice_host *, const sluice_kv *, std::size_t, std::int32_t *can, sluice_error *) {
        *can = 0;
        return sluice_status{SLUICE_OK};
      });
  return {};
}

Status take_sink(const sluice_connector_desc &desc, const std::string &owner, Tables &tables) {
  HOST_ASSIGN(tables.sink, copy_growable(desc.sink, owner + ": the sink task table"));
  auto &t = tables.sink;
  if (t.create == nullptr)
    return missing(owner, "sink.create");
  if (t.destroy == nullptr)
    return missing(owner, "sink.destroy");
  if (t.start == nullptr)
    return missing(owner, "sink.start");
  if (t.put == nullptr)
    return missing(owner, "sink.put");
  fill<decltype(t.open)>(t.open, [](void *, const sluice_tp *, std::size_t, sluice_error *) {
    return sluice_status{SLUICE_OK};
  });
  tables.has_pre_commit = fill<decltype(t.pre_commit)>(
      t.pre_commit,
      [](void *, sluice_tp *, std::size_t, sluice_error *) { return sluice_status{SLUICE_OK}; });
  fill<decltype(t.close)>(t.close, [](void *, const sluice_tp *, std::size_t, std::int32_t,
                                      sluice_error *) { return sluice_status{SLUICE_OK}; });
  fill<decltype(t.stop)>(t.stop, [](void *, sluice_error *) { return sluice_status{SLUICE_OK}; });
  fill<decltype(t.cancel)>(t.cancel, [](void *) {});
  return {};
}

Status take_source(const sluice_connector_desc &desc, const std::string &owner, Tables &tables) {
  HOST_ASSIGN(tables.source, copy_growable(desc.source, owner + ": the source task table"));
  auto &t = tables.source;
  if (t.create == nullptr)
    return missing(owner, "source.create");
  if (t.destroy == nullptr)
    return missing(owner, "source.destroy");
  if (t.start == nullptr)
    return missing(owner, "source.start");
  if (t.poll == nullptr)
    return missing(owner, "source.poll");
  tables.has_on_delivered = fill<decltype(t.on_delivered)>(
      t.on_delivered, [](void *, const sluice_source_batch *, const void *, std::size_t,
                         std::size_t, sluice_error *) { return sluice_status{SLUICE_OK}; });
  tables.has_commit = fill<decltype(t.commit)>(
      t.commit, [](void *, sluice_error *) { return sluice_status{SLUICE_OK}; });
  fill<decltype(t.stop)>(t.stop, [](void *, sluice_error *) { return sluice_status{SLUICE_OK}; });
  fill<decltype(t.cancel)>(t.cancel, [](void *) {});
  tables.has_wake = fill<decltype(t.wake)>(t.wake, [](void *) {});
  return {};
}

// Without the extension a connector has no say, and Connect's default answer.
Status take_offsets(const sluice_connector_desc &desc, const std::string &owner, Tables &tables) {
  const void *found = nullptr;
  if (desc.get_extension != nullptr)
    HOST_TRY(call(owner, "get_extension", [&](sluice_error *) {
      found = desc.get_extension(abi_str(SLUICE_ALTER_OFFSETS));
      return sluice_status{SLUICE_OK};
    }));
  auto &t = tables.offsets;
  if (found != nullptr) {
    HOST_ASSIGN(t, copy_growable(static_cast<const sluice_alter_offsets_vtbl *>(found),
                                 owner + ": the table of " SLUICE_ALTER_OFFSETS));
    if (t.alter_offsets == nullptr)
      return missing(owner, SLUICE_ALTER_OFFSETS ".alter_offsets");
  }
  fill<decltype(t.alter_offsets)>(t.alter_offsets,
                                  [](const sluice_host *, const sluice_kv *, std::size_t,
                                     const sluice_offset_change *, std::size_t,
                                     std::int32_t *complete, sluice_error *) {
                                    *complete = 0;
                                    return sluice_status{SLUICE_OK};
                                  });
  return {};
}

// Connect's own naming: …FileStreamSourceConnector runs …FileStreamSourceTask.
std::string task_class_of(std::string_view class_name) {
  constexpr std::string_view kConnector = "Connector";
  std::string task(class_name);
  const auto at = task.rfind(kConnector);
  return at == std::string::npos ? task + "Task" : task.replace(at, kConnector.size(), "Task");
}

Status check_class_name(std::string_view name, const std::string &owner) {
  if (name.empty())
    return fail(Code::Config, owner + " has no class_name");
  if (name.size() > kMaxClassName)
    return fail(Code::Config, fmt::format("{}: class_name is {} bytes long, more than {}", owner,
                                          name.size(), kMaxClassName));
  for (const char c : name)
    if (static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '\\' || c == 0x7f)
      return fail(Code::Config, owner + ": class_name holds a space, a slash or a control "
                                        "character");
  return {};
}

Status check_kind_and_forms(const sluice_connector_desc &desc, const std::string &owner) {
  if (desc.kind != SLUICE_KIND_SINK && desc.kind != SLUICE_KIND_SOURCE)
    return fail(Code::Config, fmt::format("{}: kind {} is not known (1 is a sink, 2 a source)",
                                          owner, desc.kind));
  if ((desc.forms & (SLUICE_FORM_BYTES | SLUICE_FORM_VALUE)) == 0)
    return fail(Code::Config, fmt::format("{}: forms {:#x} names no form that this host knows",
                                          owner, desc.forms));
  return {};
}

} // namespace

Result<Negotiated> negotiate(const sluice_connector_desc *from, const sluice_plugin &plugin) {
  HOST_ASSIGN(const auto desc, copy_growable(from, "a connector description"));
  HOST_TRY(check_class_name(view(desc.class_name), "a connector of the plugin"));
  const std::string owner(view(desc.class_name));
  HOST_TRY(check_kind_and_forms(desc, owner));
  Tables tables;
  HOST_TRY(take_object(desc, owner, tables));
  HOST_TRY(desc.kind == SLUICE_KIND_SINK ? take_sink(desc, owner, tables)
                                         : take_source(desc, owner, tables));
  HOST_TRY(take_offsets(desc, owner, tables));
  Negotiated result;
  Descriptor &out = result.descriptor;
  out.class_name = owner;
  out.task_class_name = desc.task_class_name.ptr != nullptr && desc.task_class_name.len > 0
                            ? std::string(view(desc.task_class_name))
                            : task_class_of(owner);
  out.kind = desc.kind == SLUICE_KIND_SINK ? Kind::Sink : Kind::Source;
  out.forms = desc.forms & (SLUICE_FORM_BYTES | SLUICE_FORM_VALUE);
  out.version = view(desc.version);
  out.summary = view(desc.summary);
  out.plugin_name = view(plugin.name);
  out.plugin_version = view(plugin.version);
  out.license = view(plugin.license);
  out.build = view(plugin.build);
  HOST_ASSIGN(out.keys, read_config_def(desc.config, owner));
  result.tables = std::make_unique<const Tables>(tables);
  return result;
}

} // namespace host::plugin
