#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/abi/plugin.h"

/* A sink in plain C: counts records and bytes, and logs the sums whenever offsets are committed.
 * Everything here is the ABI itself; the comments say which rule asks for it. */

#define STR(literal)                                                                               \
  { literal, sizeof(literal) - 1 }

static sluice_str str(const char *text) {
  sluice_str out;
  out.ptr = text;
  out.len = strlen(text);
  return out;
}

typedef struct tally {
  const sluice_host *host;
  sluice_ctx *ctx;
  uint64_t records;
  uint64_t bytes;
  uint64_t every; /* `log.every` */
} tally;

/* The task. */

static sluice_status task_create(const sluice_host *host, sluice_ctx *ctx, void **task,
                                 sluice_error *error) {
  tally *self = calloc(1, sizeof *self);
  if (self == NULL) {
    host->set_error(error, str("out of memory"), NULL, 0);
    return SLUICE_E_FATAL; /* *task stays NULL, and nothing is destroyed */
  }
  self->host = host;
  self->ctx = ctx;
  *task = self;
  return SLUICE_OK;
}

static void task_destroy(void *task) { free(task); }

/* Values come as text, checked by the host against the key table; a key that was not given is not
 * there, and its default is the plugin's to know. */
static sluice_status task_start(void *task, const sluice_kv *config, size_t n,
                                sluice_error *error) {
  tally *self = task;
  self->every = 1;
  for (size_t i = 0; i < n; ++i) {
    char digits[24];
    if (config[i].key.len != 9 || memcmp(config[i].key.ptr, "log.every", 9) != 0)
      continue;
    if (config[i].value.len >= sizeof digits) {
      self->host->set_error(error, str("log.every is too long a number"), NULL, 0);
      return SLUICE_E_CONFIG;
    }
    memcpy(digits, config[i].value.ptr, config[i].value.len); /* text is not NUL-terminated */
    digits[config[i].value.len] = '\0';
    self->every = strtoull(digits, NULL, 10);
  }
  return SLUICE_OK;
}

/* A value is raw, or one cell, or null; this plugin asked for raw (see `forms` below). */
static size_t size_of(const sluice_datum *value) { return value->raw.ptr ? value->raw.len : 0; }

static sluice_status task_put(void *task, const sluice_sink_batch *batch, sluice_error *error) {
  tally *self = task;
  (void)error;
  for (size_t i = 0; i < batch->n_records; ++i) {
    /* By stride: a later host's records may be larger than this header's. */
    const sluice_sink_record *record =
        SLUICE_AT(sluice_sink_record, batch->records, batch->record_stride, i);
    self->bytes += size_of(&record->value);
  }
  self->records += batch->n_records;
  return SLUICE_OK;
}

/* Nothing is held back, so all offsets stay as they are. */
static sluice_status task_pre_commit(void *task, sluice_tp *offsets, size_t n,
                                     sluice_error *error) {
  tally *self = task;
  char text[80];
  sluice_log_record record;
  (void)offsets;
  (void)n;
  (void)error;
  if (self->every == 0 || self->records % self->every != 0 ||
      !self->host->log_enabled(self->ctx, SLUICE_LOG_INFO))
    return SLUICE_OK;
  snprintf(text, sizeof text, "%" PRIu64 " records, %" PRIu64 " bytes", self->records, self->bytes);
  memset(&record, 0, sizeof record); /* what a later header adds must be zero */
  record.struct_size = sizeof record;
  record.level = SLUICE_LOG_INFO;
  record.message = str(text);
  self->host->log(self->ctx, &record);
  return SLUICE_OK;
}

/* The connector: its tasks all get its own configuration. */

typedef struct connector {
  sluice_kv *config;
  size_t n;
} connector;

static sluice_status connector_create(const sluice_host *host, sluice_ctx *ctx, void **out,
                                      sluice_error *error) {
  (void)ctx;
  *out = calloc(1, sizeof(connector));
  if (*out == NULL)
    host->set_error(error, str("out of memory"), NULL, 0);
  return *out != NULL ? SLUICE_OK : SLUICE_E_FATAL;
}

static void connector_destroy(void *object) {
  connector *self = object;
  for (size_t i = 0; i < self->n; ++i)
    free((char *)self->config[i].key.ptr);
  free(self->config);
  free(self);
}

/* What the host gives lives for the length of the call, so it is copied: key and value of an entry
 * into one block. */
static sluice_status connector_start(void *object, const sluice_kv *config, size_t n,
                                     sluice_error *error) {
  connector *self = object;
  (void)error;
  self->config = calloc(n > 0 ? n : 1, sizeof *self->config);
  if (self->config == NULL)
    return SLUICE_E_FATAL;
  for (; self->n < n; ++self->n) {
    const sluice_kv *from = &config[self->n];
    sluice_kv *to = &self->config[self->n];
    char *block = malloc(from->key.len + from->value.len + 1);
    if (block == NULL)
      return SLUICE_E_FATAL;
    memcpy(block, from->key.ptr, from->key.len);
    memcpy(block + from->key.len, from->value.ptr, from->value.len);
    to->key.ptr = block;
    to->key.len = from->key.len;
    to->value.ptr = block + from->key.len;
    to->value.len = from->value.len;
  }
  return SLUICE_OK;
}

static sluice_status connector_task_configs(void *object, int32_t max_tasks, sluice_emit_task emit,
                                            void *emit_ctx, sluice_error *error) {
  const connector *self = object;
  (void)error;
  for (int32_t i = 0; i < max_tasks; ++i) {
    const sluice_status status = emit(emit_ctx, self->config, self->n);
    if (status != SLUICE_OK)
      return status;
  }
  return SLUICE_OK;
}

/* The tables: static, constant, and with their size in front. */

static const sluice_validator at_least_one = {.struct_size = sizeof(sluice_validator),
                                              .kind = SLUICE_VALIDATOR_RANGE,
                                              .flags = SLUICE_RANGE_HAS_MIN,
                                              .min_int = 1};

static const sluice_config_key log_every = {
    .struct_size = sizeof(sluice_config_key),
    .name = STR("log.every"),
    .type = SLUICE_CONFIG_LONG,
    .importance = SLUICE_IMPORTANCE_LOW,
    .width = SLUICE_WIDTH_SHORT,
    .default_value = STR("1"),
    .doc = STR("Logs the sums when their number of records is a multiple of this"),
    .validator = &at_least_one};

static const sluice_config_key *const keys[] = {&log_every};

static const sluice_config_def config_def = {
    .struct_size = sizeof(sluice_config_def), .keys = keys, .n_keys = 1};

static const sluice_connector_vtbl connector_calls = {.struct_size = sizeof(sluice_connector_vtbl),
                                                      .create = connector_create,
                                                      .destroy = connector_destroy,
                                                      .start = connector_start,
                                                      .task_configs = connector_task_configs};

static const sluice_sink_task_vtbl task_calls = {.struct_size = sizeof(sluice_sink_task_vtbl),
                                                 .create = task_create,
                                                 .destroy = task_destroy,
                                                 .start = task_start,
                                                 .put = task_put,
                                                 .pre_commit = task_pre_commit};

static const sluice_connector_desc tally_sink = {.struct_size = sizeof(sluice_connector_desc),
                                                 .kind = SLUICE_KIND_SINK,
                                                 .forms = SLUICE_FORM_BYTES,
                                                 .class_name = STR("example.TallySinkConnector"),
                                                 .version = STR("1.0"),
                                                 .summary = STR("Counts records and bytes"),
                                                 .config = &config_def,
                                                 .connector = &connector_calls,
                                                 .sink = &task_calls};

static const sluice_connector_desc *const connectors[] = {&tally_sink};

static const sluice_plugin plugin = {.struct_size = sizeof(sluice_plugin),
                                     .abi_minor = SLUICE_ABI_MINOR,
                                     .name = STR("example-c-sink"),
                                     .version = STR("1.0"),
                                     .license = STR("Apache-2.0"),
                                     .connectors = connectors,
                                     .n_connectors = 1};

sluice_status sluice_plugin_entry_v0(const sluice_host_info *host, const sluice_plugin **out) {
  (void)host;
  *out = &plugin;
  return SLUICE_OK;
}
