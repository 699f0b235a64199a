# cmake -DHOME_DIR=… -DCACHE_DIR=… -DVERSION=… -DCC=… -DCFLAGS=… -P build_librdkafka.cmake
#
# Leaves lib/librdkafka.a and include/librdkafka/*.h in HOME_DIR, or does nothing when they are there.
# Several builds may ask at once: one works, the others wait for its lock.
cmake_minimum_required(VERSION 3.25)

# The npm package that carries librdkafka's complete source. Its hash is the pin.
set(PACKAGE @confluentinc/kafka-javascript@1.10.1)
set(TARBALL confluentinc-kafka-javascript-1.10.1.tgz)
set(TARBALL_SHA512 29578f5019f6d44a8254ff667f1cc4b8cdd26091c7105ed7fa2882d9ee374108034b211a92c2279821a8a13df0e6af9c340764482acaef58f42027eaa12a992f)

set(STAMP ${HOME_DIR}/complete)
if(EXISTS ${STAMP})
  return()
endif()

function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "librdkafka: ${what} failed (${code}):\n${out}")
  endif()
endfunction()

function(fetch tarball)
  if(EXISTS ${tarball})
    file(SHA512 ${tarball} have)
    if(have STREQUAL TARBALL_SHA512)
      return()
    endif()
    file(REMOVE ${tarball})
  endif()
  find_program(NPM npm)
  if(NOT NPM)
    message(FATAL_ERROR "librdkafka: npm brings its source and is not installed. Install npm, put "
                        "${TARBALL} into ${CACHE_DIR} by hand, or configure with -DRDKAFKA=system.")
  endif()
  message(STATUS "librdkafka ${VERSION}: fetching its source")
  run("npm pack ${PACKAGE}" ${CMAKE_COMMAND} -E chdir ${CACHE_DIR}
      ${NPM} pack ${PACKAGE} --loglevel=error --pack-destination ${CACHE_DIR})
  file(SHA512 ${tarball} have)
  if(NOT have STREQUAL TARBALL_SHA512)
    file(REMOVE ${tarball})
    message(FATAL_ERROR "librdkafka: ${PACKAGE} came with SHA512 ${have}, expected "
                        "${TARBALL_SHA512}: refused.")
  endif()
endfunction()

# A feature that silently fell out of configure would only be missed at a user's first login.
function(check_features config_h)
  file(READ ${config_h} text)
  foreach(feature SSL ZLIB ZSTD LZ4_EXT SASL_CYRUS SASL_SCRAM SASL_OAUTHBEARER)
    if(NOT text MATCHES "#define WITH_${feature} 1")
      message(FATAL_ERROR "librdkafka: configured without ${feature}; is its -dev package installed?")
    endif()
  endforeach()
endfunction()

file(MAKE_DIRECTORY ${CACHE_DIR} ${HOME_DIR}/include/librdkafka ${HOME_DIR}/lib)
file(LOCK ${CACHE_DIR}/librdkafka.lock TIMEOUT 1200)
if(EXISTS ${STAMP})
  return()
endif()
fetch(${CACHE_DIR}/${TARBALL})

set(work ${HOME_DIR}/work)
set(source ${work}/package/deps/librdkafka)
file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work})
file(ARCHIVE_EXTRACT INPUT ${CACHE_DIR}/${TARBALL} DESTINATION ${work}
     PATTERNS "package/deps/librdkafka/*")

message(STATUS "librdkafka ${VERSION}: building it once, for about 90 s (${CFLAGS})")
cmake_host_system_information(RESULT jobs QUERY NUMBER_OF_LOGICAL_CORES)
# C11 threads are off because ThreadSanitizer does not see through glibc's mtx_lock; curl because it
# costs every process 4 MB and the host fetches OIDC tokens itself.
run(configure ${CMAKE_COMMAND} -E chdir ${source} ${CMAKE_COMMAND} -E env --unset=CXXFLAGS
    --unset=LDFLAGS --unset=MAKEFLAGS "CC=${CC}" "CFLAGS=${CFLAGS}" "LDFLAGS=${CFLAGS}"
    bash ./configure --no-download --disable-curl --disable-c11threads
    --disable-debug-symbols --enable-ssl --enable-zlib --enable-zstd --enable-gssapi)
check_features(${source}/config.h)
run(make ${CMAKE_COMMAND} -E env --unset=MAKEFLAGS make -j${jobs} -C ${source}/src librdkafka.a)

file(COPY ${source}/src/librdkafka.a DESTINATION ${HOME_DIR}/lib)
foreach(header rdkafka.h rdkafka_mock.h)
  file(COPY ${source}/src/${header} DESTINATION ${HOME_DIR}/include/librdkafka)
endforeach()
file(COPY ${source}/LICENSES.txt DESTINATION ${HOME_DIR})
file(REMOVE_RECURSE ${work})
file(TOUCH ${STAMP})
message(STATUS "librdkafka ${VERSION}: built")
