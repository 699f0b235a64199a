/* One of many small plugins for measuring how fast a worker with many plugins starts. It is built
 * BENCH_PLUGIN_COUNT times, each with a class name of its own, and never run. */
#include <sluice/abi/plugin.h>

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#define STR(literal)                                                                               \
  { literal, sizeof(literal) - 1 }

static sluice_status create(const sluice_host *host, sluice_ctx *ctx, void **self,
                            sluice_error *error) {
  static char object;
  (void)host, (void)ctx, (void)error;
  *self = &object;
  return SLUICE_OK;
}
static void destroy(void *self) { (void)self; }
static sluice_status start(void *self, const sluice_kv *config, size_t n, sluice_error *error) {
  (void)self, (void)config, (void)n, (void)error;
  return SLUICE_OK;
}
static sluice_status task_configs(void *self, int32_t max_tasks, sluice_emit_task emit, void *ctx,
                                  sluice_error *error) {
  (void)self, (void)max_tasks, (void)emit, (void)ctx, (void)error;
  return SLUICE_OK;
}
static sluice_status put(void *self, const sluice_sink_batch *batch, sluice_error *error) {
  (void)self, (void)batch, (void)error;
  return SLUICE_OK;
}

static const sluice_config_key kKey = {
    .struct_size = sizeof(sluice_config_key),
    .name = STR("url"),
    .type = SLUICE_CONFIG_STRING,
    .importance = SLUICE_IMPORTANCE_HIGH,
    .width = SLUICE_WIDTH_LONG,
    .doc = STR("Where the records go."),
};
static const sluice_config_key *const kKeys[] = {&kKey};
static const sluice_config_def kConfig = {
    .struct_size = sizeof(sluice_config_def), .keys = kKeys, .n_keys = 1};
static const sluice_connector_vtbl kConnector = {.struct_size = sizeof(sluice_connector_vtbl),
                                                 .create = create,
                                                 .destroy = destroy,
                                                 .start = start,
                                                 .task_configs = task_configs};
static const sluice_sink_task_vtbl kTask = {.struct_size = sizeof(sluice_sink_task_vtbl),
                                            .create = create,
                                            .destroy = destroy,
                                            .start = start,
                                            .put = put};
static const sluice_connector_desc kSink = {
    .struct_size = sizeof(sluice_connector_desc),
    .kind = SLUICE_KIND_SINK,
    .forms = SLUICE_FORM_BYTES,
    .class_name = STR("bench.Plugin" TEXT(BENCH_PLUGIN) "SinkConnector"),
    .version = STR("1.0"),
    .summary = STR("Never run; there to be found."),
    .config = &kConfig,
    .connector = &kConnector,
    .sink = &kTask,
};
static const sluice_connector_desc *const kConnectors[] = {&kSink};
static const sluice_plugin kPlugin = {
    .struct_size = sizeof(sluice_plugin),
    .abi_minor = SLUICE_ABI_MINOR,
    .name = STR("bench-" TEXT(BENCH_PLUGIN)),
    .version = STR("1.0"),
    .connectors = kConnectors,
    .n_connectors = 1,
};

SLUICE_EXPORT sluice_status sluice_plugin_entry_v0(const sluice_host_info *host,
                                                   const sluice_plugin **out) {
  (void)host;
  *out = &kPlugin;
  return SLUICE_OK;
}
