# limn_layer: one folder of limn/ as a library, its tests and its benchmarks.
#
#   limn_layer(cluster
#     DEPENDS   core                    # other layers; a row of the layer table
#     SOURCES   kmeans.cpp seeding.cpp
#     TESTS     kmeans_test.cpp         # one program, limn_<layer>_test
#     BENCHES   kmeans_bench.cpp        # one program, limn_<layer>_bench
#     LIBRARIES PkgConfig::ICU          # third-party code that this layer alone includes
#   )

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
if(LIMN_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
if(LIMN_BENCHES)
  find_package(benchmark REQUIRED)
endif()

# Flags that all of our code is compiled and linked with.
add_library(limn_flags INTERFACE)
target_include_directories(limn_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(limn_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wno-missing-field-initializers -Wno-ignored-attributes
  -fstack-protector-strong)
if(LIMN_WERROR)
  target_compile_options(limn_flags INTERFACE -Werror)
endif()
if(LIMN_SANITIZE)
  target_compile_options(limn_flags INTERFACE -fsanitize=${LIMN_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(limn_flags INTERFACE -fsanitize=${LIMN_SANITIZE})
endif()
target_link_libraries(limn_flags INTERFACE Threads::Threads)

function(limn_layer name)
  cmake_parse_arguments(LAYER "" "" "DEPENDS;SOURCES;TESTS;BENCHES;LIBRARIES" ${ARGN})
  add_library(limn_${name} STATIC ${LAYER_SOURCES})
  target_link_libraries(limn_${name} PUBLIC limn_flags)
  foreach(dependency IN LISTS LAYER_DEPENDS)
    target_link_libraries(limn_${name} PUBLIC limn_${dependency})
  endforeach()
  # A dependency's headers are not ours to warn about.
  foreach(library IN LISTS LAYER_LIBRARIES)
    target_link_libraries(limn_${name} PRIVATE ${library})
  endforeach()

  if(LIMN_TESTS AND LAYER_TESTS)
    add_executable(limn_${name}_test ${LAYER_TESTS})
    target_link_libraries(limn_${name}_test PRIVATE limn_${name} GTest::gtest_main)
    target_compile_definitions(limn_${name}_test PRIVATE LIMN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    # One entry a suite would hide which test failed; one a test would start 500 processes.
    add_test(NAME ${name} COMMAND limn_${name}_test)
  endif()

  if(LIMN_BENCHES AND LAYER_BENCHES)
    add_executable(limn_${name}_bench ${LAYER_BENCHES})
    target_link_libraries(limn_${name}_bench PRIVATE limn_${name} benchmark::benchmark_main)
    target_compile_definitions(limn_${name}_bench PRIVATE LIMN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  endif()
endfunction()
