/* A source connector that does what its configuration says, and logs every call. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sluice/abi/plugin.h>

#define STR(literal)                                                                               \
  { literal, sizeof(literal) - 1 }

typedef struct object {
  const sluice_host *host;
  sluice_ctx *ctx;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  int cancelled;
  int woken;
  int hang;
  char say[256];
  char on_start[32];
  char on_stop[32];
  int tasks;
} object;

static void log_call(object *self, const char *text) {
  char line[512] = "obliging: ";
  strncat(line, text, sizeof line - strlen(line) - 1);
  if (self->say[0] != '\0') {
    strncat(line, " ", sizeof line - strlen(line) - 1);
    strncat(line, self->say, sizeof line - strlen(line) - 1);
  }
  sluice_log_record record;
  memset(&record, 0, sizeof record);
  record.struct_size = sizeof record;
  record.level = SLUICE_LOG_INFO;
  record.message.ptr = line;
  record.message.len = strlen(line);
  self->host->log(self->ctx, &record);
}

static sluice_status failure(object *self, const char *what, sluice_error *error) {
  char text[512] = "";
  strncat(text, what, sizeof text - 1);
  strncat(text, " fails as told: ", sizeof text - strlen(text) - 1);
  strncat(text, self->say, sizeof text - strlen(text) - 1);
  sluice_str message = {text, strlen(text)};
  self->host->set_error(error, message, NULL, 0);
  return SLUICE_E_FATAL;
}

static void get(const sluice_kv *config, size_t n, const char *key, char *out, size_t size) {
  out[0] = '\0';
  for (size_t i = 0; i < n; ++i)
    if (config[i].key.len == strlen(key) && memcmp(config[i].key.ptr, key, strlen(key)) == 0) {
      size_t len = config[i].value.len < size - 1 ? config[i].value.len : size - 1;
      memcpy(out, config[i].value.ptr, len);
      out[len] = '\0';
    }
}

static sluice_status create(const sluice_host *host, sluice_ctx *ctx, void **out,
                            sluice_error *error) {
  (void)error;
  object *self = calloc(1, sizeof *self);
  self->host = host;
  self->ctx = ctx;
  pthread_mutex_init(&self->mutex, NULL);
  pthread_cond_init(&self->changed, NULL);
  *out = self;
  return SLUICE_OK;
}

static void destroy(void *object_) {
  object *self = object_;
  log_call(self, "destroy");
  pthread_cond_destroy(&self->changed);
  pthread_mutex_destroy(&self->mutex);
  free(self);
}

static void cancel(void *object_) {
  object *self = object_;
  pthread_mutex_lock(&self->mutex);
  self->cancelled = 1;
  pthread_cond_broadcast(&self->changed);
  pthread_mutex_unlock(&self->mutex);
}

static void wake(void *object_) {
  object *self = object_;
  pthread_mutex_lock(&self->mutex);
  self->woken = 1;
  pthread_cond_broadcast(&self->changed);
  pthread_mutex_unlock(&self->mutex);
}

static sluice_status wait_for_cancel(object *self) {
  pthread_mutex_lock(&self->mutex);
  while (!self->cancelled || self->hang)
    pthread_cond_wait(&self->changed, &self->mutex);
  pthread_mutex_unlock(&self->mutex);
  return SLUICE_E_CANCELLED;
}

static void read_config(object *self, const sluice_kv *config, size_t n) {
  char tasks[16];
  get(config, n, "say", self->say, sizeof self->say);
  get(config, n, "on.start", self->on_start, sizeof self->on_start);
  get(config, n, "on.stop", self->on_stop, sizeof self->on_stop);
  get(config, n, "tasks", tasks, sizeof tasks);
  self->tasks = atoi(tasks);
}

static sluice_status start(void *object_, const sluice_kv *config, size_t n, sluice_error *error) {
  object *self = object_;
  read_config(self, config, n);
  log_call(self, "start");
  if (strcmp(self->on_start, "fail") == 0)
    return failure(self, "start", error);
  if (strcmp(self->on_start, "wait") == 0)
    return wait_for_cancel(self);
  if (strcmp(self->on_start, "hang") == 0) {
    self->hang = 1;
    return wait_for_cancel(self);
  }
  if (strcmp(self->on_start, "reconfigure") == 0)
    return self->host->request_reconfigure(self->ctx);
  if (strcmp(self->on_start, "raise") == 0) {
    sluice_str message = {self->say, strlen(self->say)};
    self->host->fail(self->ctx, SLUICE_E_FATAL, message);
  }
  return SLUICE_OK;
}

static sluice_status stop(void *object_, sluice_error *error) {
  object *self = object_;
  log_call(self, "stop");
  return strcmp(self->on_stop, "fail") == 0 ? failure(self, "stop", error) : SLUICE_OK;
}

static sluice_status task_configs(void *object_, int32_t max_tasks, sluice_emit_task emit,
                                  void *emit_ctx, sluice_error *error) {
  object *self = object_;
  if (self->tasks < 0)
    return failure(self, "task_configs", error);
  for (int i = 0; i < self->tasks && i < max_tasks; ++i) {
    char number[2] = {(char)('0' + i), '\0'};
    const sluice_kv entries[] = {{STR("number"), {number, 1}},
                                 {STR("say"), {self->say, strlen(self->say)}}};
    sluice_status status = emit(emit_ctx, entries, 2);
    if (status != SLUICE_OK)
      return status;
  }
  return SLUICE_OK;
}

static sluice_status validate(const sluice_host *host, const sluice_kv *config, size_t n,
                              sluice_report *report, const sluice_report_api *api,
                              sluice_error *error) {
  (void)host;
  (void)error;
  char say[16];
  get(config, n, "say", say, sizeof say);
  const sluice_str key = STR("say");
  const sluice_str words[] = {STR("yes"), STR("no")};
  const sluice_str message = STR("say something else");
  if (strcmp(say, "bad") == 0)
    api->error(report, key, message);
  api->recommend(report, key, words, 2);
  return SLUICE_OK;
}

static void found(void *found_ctx, size_t index, sluice_str offset) {
  (void)index;
  char *text = found_ctx;
  if (offset.ptr != NULL)
    strncat(text, offset.ptr, offset.len);
}

static sluice_status start_task(void *object_, const sluice_kv *config, size_t n,
                                sluice_error *error) {
  object *self = object_;
  read_config(self, config, n);
  if (strcmp(self->on_start, "read") != 0)
    return start(object_, config, n, error);
  const sluice_str id = STR(SLUICE_SOURCE_CONTEXT);
  const sluice_source_context *source = self->host->get_extension(self->ctx, id);
  const sluice_str partition = STR("{\"p\":1}");
  uint32_t number = 0;
  char text[200] = "offset ";
  sluice_status status = source->intern_partition(self->ctx, partition, &number, error);
  if (status == SLUICE_OK)
    status = source->read_offsets(self->ctx, &number, 1, found, text, error);
  log_call(self, text);
  return status;
}

static sluice_status poll(void *object_, int64_t max_wait_ms, const sluice_source_batch **out,
                          sluice_error *error) {
  (void)max_wait_ms;
  (void)error;
  object *self = object_;
  *out = NULL;
  if (strcmp(self->on_stop, "hang") == 0) {
    self->hang = 1;
    return wait_for_cancel(self);
  }
  pthread_mutex_lock(&self->mutex);
  while (!self->cancelled && !self->woken)
    pthread_cond_wait(&self->changed, &self->mutex);
  self->woken = 0;
  sluice_status status = self->cancelled ? SLUICE_E_CANCELLED : SLUICE_OK;
  pthread_mutex_unlock(&self->mutex);
  return status;
}

static const sluice_config_key kSay = {.struct_size = sizeof(sluice_config_key),
                                       .name = STR("say"),
                                       .type = SLUICE_CONFIG_STRING,
                                       .importance = SLUICE_IMPORTANCE_LOW,
                                       .width = SLUICE_WIDTH_NONE,
                                       .doc = STR("What it says."),
                                       .flags = SLUICE_KEY_OPTIONAL};
static const sluice_config_key *const kKeys[] = {&kSay};
static const sluice_config_def kConfig = {sizeof(sluice_config_def), kKeys, 1};

static const sluice_connector_vtbl kConnector = {
    .struct_size = sizeof(sluice_connector_vtbl),
    .create = create,
    .destroy = destroy,
    .start = start,
    .task_configs = task_configs,
    .stop = stop,
    .cancel = cancel,
    .validate = validate,
};
static const sluice_source_task_vtbl kTask = {
    .struct_size = sizeof(sluice_source_task_vtbl),
    .create = create,
    .destroy = destroy,
    .start = start_task,
    .poll = poll,
    .stop = stop,
    .cancel = cancel,
    .wake = wake,
};
static const sluice_connector_desc kObliging = {
    .struct_size = sizeof(sluice_connector_desc),
    .kind = SLUICE_KIND_SOURCE,
    .forms = SLUICE_FORM_BYTES,
    .class_name = STR("test.ObligingConnector"),
    .version = STR("1.2.3"),
    .summary = STR("Does as it is told."),
    .config = &kConfig,
    .connector = &kConnector,
    .source = &kTask,
};
static const sluice_connector_desc *const kConnectors[] = {&kObliging};
static const sluice_plugin kPlugin = {
    .struct_size = sizeof(sluice_plugin),
    .abi_minor = SLUICE_ABI_MINOR,
    .name = STR("obliging"),
    .version = STR("1.2.3"),
    .connectors = kConnectors,
    .n_connectors = 1,
};

sluice_status sluice_plugin_entry_v0(const sluice_host_info *host, const sluice_plugin **out) {
  (void)host;
  *out = &kPlugin;
  return SLUICE_OK;
}
