#include "tests/unit/plugin/tables_fixture.h"

#include <gtest/gtest.h>

namespace host::plugin::test {
namespace {

char g_object;

sluice_status create(const sluice_host *host, sluice_ctx *ctx, void **out, sluice_error *error) {
  behaviour().host = host;
  behaviour().ctx = ctx;
  *out = &g_object;
  return behaviour().create ? behaviour().create(host, ctx, error) : sluice_status{SLUICE_OK};
}
void destroy(void *) { ++behaviour().destroyed; }
sluice_status start(void *, const sluice_kv *, std::size_t, sluice_error *) { return SLUICE_OK; }
sluice_status task_configs(void *, std::int32_t max, sluice_emit_task emit, void *emit_ctx,
                           sluice_error *) {
  const sluice_kv entry = {str("k"), str("v")};
  for (std::int32_t i = 0; i < max; ++i)
    if (const auto status = emit(emit_ctx, &entry, 1); status != SLUICE_OK)
      return status;
  return SLUICE_OK;
}
sluice_status poll(void *, std::int64_t, const sluice_source_batch **out, sluice_error *error) {
  return behaviour().poll ? behaviour().poll(out, error) : sluice_status{SLUICE_OK};
}
sluice_status put(void *, const sluice_sink_batch *batch, sluice_error *error) {
  return behaviour().put ? behaviour().put(batch, error) : sluice_status{SLUICE_OK};
}
sluice_status pre_commit(void *, sluice_tp *tps, std::size_t n, sluice_error *error) {
  return behaviour().pre_commit ? behaviour().pre_commit(tps, n, error) : sluice_status{SLUICE_OK};
}
sluice_status validate(const sluice_host *, const sluice_kv *config, std::size_t n,
                       sluice_report *report, const sluice_report_api *api, sluice_error *error) {
  return behaviour().validate ? behaviour().validate(config, n, report, api, error)
                              : sluice_status{SLUICE_OK};
}

} // namespace

Behaviour &behaviour() {
  static Behaviour value;
  return value;
}

InMemoryPlugin::InMemoryPlugin(std::int32_t kind) {
  behaviour() = {};
  object.struct_size = sizeof object;
  object.create = create;
  object.destroy = destroy;
  object.start = start;
  object.task_configs = task_configs;
  object.validate = validate;
  sink.struct_size = sizeof sink;
  sink.create = create;
  sink.destroy = destroy;
  sink.start = start;
  sink.put = put;
  sink.pre_commit = pre_commit;
  source.struct_size = sizeof source;
  source.create = create;
  source.destroy = destroy;
  source.start = start;
  source.poll = poll;
  config.struct_size = sizeof config;
  desc.struct_size = sizeof desc;
  desc.kind = kind;
  desc.forms = SLUICE_FORM_BYTES;
  desc.class_name = str("test.TapeSourceConnector");
  desc.version = str("1.0");
  desc.summary = str("A test.");
  desc.config = &config;
  desc.connector = &object;
  desc.sink = kind == SLUICE_KIND_SINK ? &sink : nullptr;
  desc.source = kind == SLUICE_KIND_SOURCE ? &source : nullptr;
  plugin.struct_size = sizeof plugin;
  plugin.name = str("test");
}

std::shared_ptr<const Connector> InMemoryPlugin::connector() const {
  auto result = negotiated();
  if (!result) {
    ADD_FAILURE() << result.error().message();
    return nullptr;
  }
  return std::make_shared<const Connector>(std::move(result->descriptor),
                                           std::move(result->tables));
}

} // namespace host::plugin::test
