#pragma once

#include <string_view>

#include "host/plugin/call.h"
#include "host/plugin/context.h"

namespace host::plugin {

// Calls one of the `create` functions. `object` is set exactly when this succeeds, whatever the
// plugin did.
template <class Create>
Status create_with(Create create, sluice_ctx &ctx, std::string_view function, void *&object) {
  void *made = nullptr;
  HOST_TRY(call(ctx.class_name, function,
                [&](sluice_error *error) { return create(&host_table(), &ctx, &made, error); }));
  if (made == nullptr) {
    report_misbehaviour(ctx.class_name, "create said OK and made no object");
    return fail(Code::Fatal, "plugin misbehaving: create said OK and made no object");
  }
  object = made;
  return {};
}

} // namespace host::plugin
