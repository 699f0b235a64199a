#include "host/data/schema_abi.h"
#include "host/plugin/call.h"
#include "host/plugin/context.h"
#include "host/plugin/growable.h"
#include "host/plugin/services.h"

// sluice.schema/1 and sluice.schema-builder/1 over host/data.
namespace host::plugin {
namespace {

const sluice_schema *primitive(sluice_ctx *, std::int32_t type, std::int32_t optional) noexcept {
  if (type < SLUICE_BOOL || type > SLUICE_BYTES)
    return nullptr;
  return data::handle(data::Schema::primitive(static_cast<data::Type>(type), optional != 0));
}

Result<const data::Schema *> built(sluice_ctx *ctx, const sluice_schema_def *from) {
  const auto pool = ctx == nullptr || !ctx->usable("build") ? nullptr : ctx->schemas();
  if (pool == nullptr)
    return fail(Code::Fatal, "build needs the context of a live task or connector");
  HOST_ASSIGN(const auto definition, copy_growable(from, "a schema definition"));
  if ((definition.n_parameters > 0 && definition.parameters == nullptr) ||
      (definition.n_fields > 0 && definition.fields == nullptr))
    return fail(Code::Data, "a schema definition counts what it does not have");
  return data::build_schema(definition, *pool);
}

sluice_status build(sluice_ctx *ctx, const sluice_schema_def *from, const sluice_schema **out,
                    sluice_error *error) noexcept {
  const auto schema = built(ctx, from);
  if (!schema) {
    give(error, schema.error());
    return SLUICE_E_DATA;
  }
  *out = data::handle(*schema);
  return SLUICE_OK;
}

} // namespace

const sluice_schema_builder_api &schema_builder_table() {
  static constexpr sluice_schema_builder_api kTable = {sizeof(sluice_schema_builder_api), primitive,
                                                       build};
  return kTable;
}

} // namespace host::plugin
