# Gives the target rdkafka::rdkafka: librdkafka with <librdkafka/rdkafka.h> and rdkafka_mock.h.
#
# RDKAFKA=bundled (default) builds a pinned release as a static library with hidden symbols, so that
# a plugin which brings a librdkafka of its own never meets ours. The build lives in the cache folder
# and is shared by all build directories with the same compiler and sanitizer: a second one is free.
# RDKAFKA=system takes the machine's library, which must be new enough for SCRAM against Kafka 4.
set(SLUICE_RDKAFKA_VERSION 2.15.1)
set(SLUICE_RDKAFKA_OLDEST 2.6.1)

if(DEFINED ENV{SLUICE_CACHE_DIR})
  set(default_cache_dir "$ENV{SLUICE_CACHE_DIR}")
else()
  set(default_cache_dir "$ENV{HOME}/.cache/sluice")
endif()
set(SLUICE_CACHE_DIR "${default_cache_dir}" CACHE PATH "Where fetched sources and their builds stay")

function(sluice_rdkafka_system)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(RDKAFKA_SYSTEM IMPORTED_TARGET rdkafka)
  if(NOT RDKAFKA_SYSTEM_FOUND)
    message(FATAL_ERROR "RDKAFKA=system: no librdkafka here. Install librdkafka-dev "
                        "${SLUICE_RDKAFKA_OLDEST} or newer, or use RDKAFKA=bundled.")
  endif()
  if(RDKAFKA_SYSTEM_VERSION VERSION_LESS SLUICE_RDKAFKA_OLDEST)
    message(FATAL_ERROR "RDKAFKA=system: librdkafka ${RDKAFKA_SYSTEM_VERSION} is older than "
                        "${SLUICE_RDKAFKA_OLDEST}: it cannot log in to Kafka 4 with SCRAM and loses "
                        "records in batch reads around a pause. Use RDKAFKA=bundled.")
  endif()
  add_library(rdkafka::rdkafka ALIAS PkgConfig::RDKAFKA_SYSTEM)
endfunction()

# Names the one build that fits this compiler and these sanitizers; the recipe's own text is part of
# the name, so an edited recipe never meets an old build.
function(sluice_rdkafka_flavour out_home out_cflags)
  set(cflags "-O2 -g1 -fPIC -fvisibility=hidden -fno-omit-frame-pointer")
  # UBSan is left out on purpose: librdkafka is not ours to mend.
  if("thread" IN_LIST SLUICE_SANITIZE)
    string(APPEND cflags " -fsanitize=thread")
  elseif("address" IN_LIST SLUICE_SANITIZE)
    string(APPEND cflags " -fsanitize=address")
  endif()
  file(SHA256 ${CMAKE_CURRENT_SOURCE_DIR}/build_librdkafka.cmake recipe)
  string(SHA256 key
         "${cflags};${recipe};${CMAKE_C_COMPILER};${CMAKE_C_COMPILER_ID};${CMAKE_C_COMPILER_VERSION}")
  string(SUBSTRING ${key} 0 16 key)
  set(${out_home} ${SLUICE_CACHE_DIR}/librdkafka/${SLUICE_RDKAFKA_VERSION}-${key} PARENT_SCOPE)
  set(${out_cflags} ${cflags} PARENT_SCOPE)
endfunction()

function(sluice_rdkafka_bundled)
  find_package(OpenSSL REQUIRED)
  find_package(ZLIB REQUIRED)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET GLOBAL libzstd)
  pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET GLOBAL liblz4)
  pkg_check_modules(SASL2 REQUIRED IMPORTED_TARGET GLOBAL libsasl2)
  sluice_rdkafka_flavour(home cflags)

  include(ExternalProject)
  ExternalProject_Add(librdkafka_bundled
    PREFIX ${CMAKE_BINARY_DIR}/librdkafka
    DOWNLOAD_COMMAND ""
    CONFIGURE_COMMAND ""
    BUILD_COMMAND ${CMAKE_COMMAND} -DHOME_DIR=${home} -DCACHE_DIR=${SLUICE_CACHE_DIR}
                  -DVERSION=${SLUICE_RDKAFKA_VERSION} -DCC=${CMAKE_C_COMPILER} -DCFLAGS=${cflags}
                  -P ${CMAKE_CURRENT_SOURCE_DIR}/build_librdkafka.cmake
    INSTALL_COMMAND ""
    BUILD_BYPRODUCTS ${home}/lib/librdkafka.a
    USES_TERMINAL_BUILD TRUE)

  file(MAKE_DIRECTORY ${home}/include)
  add_library(rdkafka::rdkafka STATIC IMPORTED GLOBAL)
  set_target_properties(rdkafka::rdkafka PROPERTIES IMPORTED_LOCATION ${home}/lib/librdkafka.a)
  target_include_directories(rdkafka::rdkafka SYSTEM INTERFACE ${home}/include)
  target_link_libraries(rdkafka::rdkafka INTERFACE
    OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB PkgConfig::ZSTD PkgConfig::LZ4 PkgConfig::SASL2
    Threads::Threads m dl)
  target_compile_definitions(rdkafka::rdkafka INTERFACE LIBRDKAFKA_STATICLIB)
  add_dependencies(rdkafka::rdkafka librdkafka_bundled)
endfunction()

if(RDKAFKA STREQUAL "system")
  sluice_rdkafka_system()
elseif(RDKAFKA STREQUAL "bundled")
  sluice_rdkafka_bundled()
else()
  message(FATAL_ERROR "RDKAFKA is '${RDKAFKA}'; it takes bundled or system.")
endif()
