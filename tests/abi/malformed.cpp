#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "sluice/abi/plugin.h"

// One plugin with a source and a sink, spoiled in one way: a line of malformed.txt, whose name is
// in malformed_case.c, so that this file is compiled once for most of them.
#ifndef ENTRY
#define ENTRY sluice_plugin_entry_v0
#endif

#ifdef UNDEFINED
extern "C" void sluice_test_nobody_defines_this();
#endif

extern "C" const char malformed_case[];

namespace {

bool is(std::string_view name) { return name == malformed_case; }

constexpr sluice_str str(std::string_view text) { return {text.data(), text.size()}; }

// Tables that are larger than this header's, as those of a later SDK would be.
template <class T> struct WithTail {
  T table;
  unsigned char tail[200];
};

const sluice_host *g_host;
sluice_ctx *g_ctx;
int g_object;

sluice_status ok() { return SLUICE_OK; }

sluice_status create(const sluice_host *host, sluice_ctx *ctx, void **self, sluice_error *) {
  g_host = host;
  g_ctx = ctx;
  if (is("create-fails-silently"))
    return SLUICE_E_CONFIG;
  if (!is("create-makes-nothing"))
    *self = &g_object;
  return SLUICE_OK;
}

// Its context is used on, by a thread that outlives it.
void destroy(void *) {
  if (!is("ctx-after-destroy"))
    return;
  std::thread([host = g_host, ctx = g_ctx] {
    for (int i = 0; i < 20; ++i) {
      host->fail(ctx, SLUICE_E_FATAL, str("late"));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }).detach();
}

sluice_status start(void *, const sluice_kv *, size_t, sluice_error *error) {
  if (is("start-throws"))
    throw 42;
  if (is("start-ok-with-error"))
    g_host->set_error(error, str("half done"), nullptr, 0);
  return is("start-unknown-status") ? 9999 : SLUICE_OK;
}

void release(const sluice_source_batch *) {}

sluice_status poll(void *, int64_t, const sluice_source_batch **out, sluice_error *) {
  static sluice_source_record record;
  static sluice_source_batch batch;
  if (is("poll-throws"))
    throw std::runtime_error("boom");
  if (is("service-on-own-thread")) {
    std::thread([] {
      const void *const table = g_host->get_extension(g_ctx, str(SLUICE_SOURCE_CONTEXT));
      uint32_t id = 0;
      static_cast<const sluice_source_context *>(table)->intern_partition(g_ctx, str("{}"), &id,
                                                                          nullptr);
    }).join();
    return SLUICE_OK;
  }
  record.topic = str("t");
  record.partition = -1;
  record.timestamp_ms = -1;
  batch = {sizeof batch, &record, 1, sizeof record, release, nullptr};
  if (is("batch-without-release"))
    batch.release = nullptr;
  if (is("batch-null-records"))
    batch.records = nullptr, batch.n_records = 3;
  if (is("batch-short-stride"))
    batch.record_stride = 8;
  *out = &batch;
  return SLUICE_OK;
}

sluice_status put(void *, const sluice_sink_batch *batch, sluice_error *) {
  if (is("put-throws"))
    throw std::runtime_error("boom");
  if (is("put-releases-too-often"))
    g_host->batch_release(batch->handle);
  return SLUICE_OK;
}

sluice_status pre_commit(void *, sluice_tp *offsets, size_t n, sluice_error *) {
  if (is("pre-commit-raises") && n > 0)
    offsets[0].offset = 99;
  return SLUICE_OK;
}

sluice_status task_configs(void *, int32_t, sluice_emit_task emit, void *emit_ctx, sluice_error *) {
  return emit(emit_ctx, nullptr, 0);
}

sluice_validator g_validator;
sluice_config_key g_first;
sluice_config_key g_second;
const sluice_config_key *g_keys[] = {&g_first, &g_second};
sluice_config_def g_config;
WithTail<sluice_connector_vtbl> g_connector;
WithTail<sluice_sink_task_vtbl> g_sink;
WithTail<sluice_source_task_vtbl> g_source;
WithTail<sluice_connector_desc> g_sink_desc;
WithTail<sluice_connector_desc> g_source_desc;
const sluice_connector_desc *g_connectors[] = {&g_sink_desc.table, &g_source_desc.table};
WithTail<sluice_plugin> g_plugin;

// Fills a table as a good plugin does.
template <class T> T &begin(T &table) {
  std::memset(static_cast<void *>(&table), 0, sizeof table);
  table.struct_size = sizeof table;
  return table;
}

void make_keys() {
  begin(g_validator).kind = SLUICE_VALIDATOR_NON_EMPTY;
  for (sluice_config_key *key : {&g_first, &g_second}) {
    begin(*key).type = SLUICE_CONFIG_STRING;
    key->importance = SLUICE_IMPORTANCE_LOW;
    key->width = SLUICE_WIDTH_SHORT;
    key->default_value = str("default");
    key->validator = &g_validator;
  }
  g_first.name = str("first");
  g_second.name = str("second");
  begin(g_config).keys = g_keys;
  g_config.n_keys = 2;
}

void make_tables() {
  sluice_connector_vtbl &connector = begin(g_connector.table);
  connector.create = create;
  connector.destroy = destroy;
  connector.start = start;
  connector.task_configs = task_configs;
  connector.stop = [](void *, sluice_error *) { return ok(); };

  sluice_sink_task_vtbl &sink = begin(g_sink.table);
  sink.create = create;
  sink.destroy = destroy;
  sink.start = start;
  sink.put = put;
  sink.pre_commit = pre_commit;

  sluice_source_task_vtbl &source = begin(g_source.table);
  source.create = create;
  source.destroy = destroy;
  source.start = start;
  source.poll = poll;
}

void make_plugin() {
  make_keys();
  make_tables();
  for (sluice_connector_desc *desc : {&g_sink_desc.table, &g_source_desc.table}) {
    begin(*desc).forms = SLUICE_FORM_BYTES;
    desc->version = str("1.0");
    desc->config = &g_config;
    desc->connector = &g_connector.table;
  }
  g_sink_desc.table.kind = SLUICE_KIND_SINK;
  g_sink_desc.table.class_name = str("sluice.test.MalformedSinkConnector");
  g_sink_desc.table.sink = &g_sink.table;
  g_source_desc.table.kind = SLUICE_KIND_SOURCE;
  g_source_desc.table.class_name = str("sluice.test.MalformedSourceConnector");
  g_source_desc.table.source = &g_source.table;
  begin(g_plugin.table).abi_minor = SLUICE_ABI_MINOR;
  g_plugin.table.name = str("malformed");
  g_plugin.table.connectors = g_connectors;
  g_plugin.table.n_connectors = 2;
}

void spoil_plugin() {
  sluice_plugin &plugin = g_plugin.table;
  if (is("wrong-minor"))
    plugin.abi_minor = 99;
  if (is("plugin-size-zero"))
    plugin.struct_size = 0;
  if (is("plugin-size-huge"))
    plugin.struct_size = size_t{1} << 40;
  if (is("plugin-size-short"))
    plugin.struct_size = offsetof(sluice_plugin, connectors);
  if (is("no-connectors"))
    plugin.n_connectors = 0;
  if (is("connectors-null"))
    plugin.connectors = nullptr;
  if (is("connectors-too-many"))
    plugin.n_connectors = 1'000'000'000;
  if (is("connector-null"))
    g_connectors[1] = nullptr;
  if (is("same-class-twice"))
    g_connectors[1] = g_connectors[0];
}

void spoil_description() {
  sluice_connector_desc &sink = g_sink_desc.table;
  if (is("kind-zero"))
    sink.kind = 0;
  if (is("kind-unknown"))
    sink.kind = 7;
  if (is("forms-zero"))
    sink.forms = 0;
  if (is("class-name-absent"))
    sink.class_name = {};
  if (is("class-name-slash"))
    sink.class_name = str("../../etc/passwd");
  if (is("desc-size-short"))
    sink.struct_size = offsetof(sluice_connector_desc, class_name);
  if (is("config-null"))
    sink.config = nullptr;
  if (is("config-keys-null"))
    g_config.keys = nullptr, g_config.n_keys = 3;
  if (is("connector-table-null"))
    sink.connector = nullptr;
  if (is("sink-table-null"))
    sink.sink = nullptr;
  if (is("source-table-null"))
    g_source_desc.table.source = nullptr;
}

void spoil_tables() {
  if (is("sink-table-short"))
    g_sink.table.struct_size = offsetof(sluice_sink_task_vtbl, put);
  if (is("no-connector-create"))
    g_connector.table.create = nullptr;
  if (is("no-task-configs"))
    g_connector.table.task_configs = nullptr;
  if (is("no-sink-destroy"))
    g_sink.table.destroy = nullptr;
  if (is("no-source-poll"))
    g_source.table.poll = nullptr;
  if (is("optional-slots-empty"))
    g_connector.table.stop = nullptr, g_sink.table.pre_commit = nullptr;
}

void spoil_keys() {
  if (is("key-null"))
    g_keys[1] = nullptr;
  if (is("key-nameless"))
    g_first.name = {};
  if (is("key-type-unknown"))
    g_first.type = 77;
  if (is("key-twice"))
    g_second.name = g_first.name;
  if (is("validators-endless"))
    g_validator.next = &g_validator;
}

// What a later header would have behind each table must not be looked at.
template <class T> void add_garbage(WithTail<T> &larger) {
  larger.table.struct_size = sizeof larger;
  std::memset(larger.tail, 0xA5, sizeof larger.tail);
}

} // namespace

extern "C" SLUICE_EXPORT sluice_status ENTRY(const sluice_host_info *, const sluice_plugin **out) {
#ifdef UNDEFINED
  sluice_test_nobody_defines_this();
#endif
  if (is("entry-throws"))
    throw 42;
  if (is("entry-fails"))
    return SLUICE_E_UNSUPPORTED;
  if (is("entry-unknown-status"))
    return 9999;
  if (is("entry-null"))
    return SLUICE_OK;
  make_plugin();
  spoil_plugin();
  spoil_description();
  spoil_tables();
  spoil_keys();
  if (is("plugin-size-long") || is("tables-long"))
    add_garbage(g_plugin);
  if (is("tables-long")) {
    add_garbage(g_sink_desc);
    add_garbage(g_source_desc);
    add_garbage(g_connector);
    add_garbage(g_sink);
    add_garbage(g_source);
  }
  *out = &g_plugin.table;
  return SLUICE_OK;
}
