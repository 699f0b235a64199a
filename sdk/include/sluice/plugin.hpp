// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "sluice/abi/plugin.h"
#include "sluice/config_key.hpp"
#include "sluice/connector.hpp"
#include "sluice/offset_change.hpp"
#include "sluice/sink.hpp"
#include "sluice/source.hpp"

// What a shared object offers:
//
//   SLUICE_PLUGIN("acme", "1.0",
//                 sluice::sink_connector<AcmeSink>({.class_name = "com.acme.AcmeSinkConnector",
//                                                   .version = "1.0",
//                                                   .summary = "Writes records to Acme",
//                                                   .keys = &kKeys}))
namespace sluice::inline v0 {

struct connector_text {
  std::string_view class_name; // what connector.class names
  std::string_view version;
  std::string_view summary;
  const sluice_config_def *keys;         // &sluice::keys<…>
  std::string_view task_class_name = {}; // empty: class_name with Connector replaced by Task
  std::uint32_t forms = SLUICE_FORM_BYTES | SLUICE_FORM_VALUE;
};

namespace detail {

constexpr sluice_connector_desc describe(std::int32_t kind, const connector_text &text) {
  sluice_connector_desc desc{};
  desc.struct_size = sizeof desc;
  desc.kind = kind;
  desc.forms = text.forms;
  desc.class_name = to_abi(text.class_name);
  desc.version = to_abi(text.version);
  desc.summary = to_abi(text.summary);
  desc.task_class_name = to_abi_or_absent(text.task_class_name);
  desc.config = text.keys;
  return desc;
}

} // namespace detail

template <sink_task Task, connector Connector = same_tasks>
constexpr sluice_connector_desc sink_connector(const connector_text &text) {
  sluice_connector_desc desc = detail::describe(SLUICE_KIND_SINK, text);
  desc.connector = &detail::connector_border<Connector>::kTable;
  desc.sink = &detail::sink_border<Task>::kTable;
  desc.get_extension = detail::extension_of<Connector>;
  return desc;
}

template <source_task Task, connector Connector = one_task>
constexpr sluice_connector_desc source_connector(const connector_text &text) {
  sluice_connector_desc desc = detail::describe(SLUICE_KIND_SOURCE, text);
  desc.connector = &detail::connector_border<Connector>::kTable;
  desc.source = &detail::source_border<Task>::kTable;
  desc.get_extension = detail::extension_of<Connector>;
  return desc;
}

namespace detail {

template <class Connectors> constexpr auto pointers_to(const Connectors &connectors) {
  std::array<const sluice_connector_desc *, std::tuple_size_v<Connectors>> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = &connectors[i];
  return out;
}

} // namespace detail
} // namespace sluice::inline v0

// Once per shared object, outside of any namespace.
#define SLUICE_PLUGIN(plugin_name, plugin_version, ...)                                            \
  namespace {                                                                                      \
  constexpr std::array kSluiceConnectors{__VA_ARGS__};                                             \
  constexpr auto kSluiceConnectorPointers = ::sluice::detail::pointers_to(kSluiceConnectors);      \
  constexpr sluice_plugin kSluicePlugin{.struct_size = sizeof(sluice_plugin),                      \
                                        .abi_minor = SLUICE_ABI_MINOR,                             \
                                        .reserved = 0,                                             \
                                        .name = ::sluice::to_abi(plugin_name),                     \
                                        .version = ::sluice::to_abi(plugin_version),               \
                                        .license = {},                                             \
                                        .build = ::sluice::to_abi(__VERSION__),                    \
                                        .connectors = kSluiceConnectorPointers.data(),             \
                                        .n_connectors = kSluiceConnectorPointers.size(),           \
                                        .init = nullptr};                                          \
  }                                                                                                \
  extern "C" SLUICE_EXPORT sluice_status sluice_plugin_entry_v0(const sluice_host_info *,          \
                                                                const sluice_plugin **out) {       \
    *out = &kSluicePlugin;                                                                         \
    return SLUICE_OK;                                                                              \
  }                                                                                                \
  static_assert(true, "takes the semicolon")
