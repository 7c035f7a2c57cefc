// Command gen-kinds writes what the Go types of Kubernetes say of the built-in kinds, as JSON on standard output.
// Standard input has the kinds, a line `group/version kind` each ("/v1 Pod" for the core group). Facts only: names,
// types, numbers, list and map topologies. Rules: T1, T6.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	aggregator "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// field is one field of a message: JSON name (empty when inlined), type, flags, protobuf number, then what only some have.
type field struct {
	JSON, Type, Flags, SMP, SSA string
	Proto                       int
	Default                     json.RawMessage
}

func (f field) MarshalJSON() ([]byte, error) {
	row := []any{f.JSON, f.Type, f.Flags, f.Proto}
	if f.SMP != "" || f.SSA != "" || f.Default != nil {
		extras := map[string]any{}
		if f.SMP != "" {
			extras["smp"] = f.SMP
		}
		if f.SSA != "" {
			extras["ssa"] = f.SSA
		}
		if f.Default != nil {
			extras["default"] = f.Default
		}
		row = append(row, extras)
	}
	return json.Marshal(row)
}

type message struct {
	Atomic bool    `json:"atomic,omitempty"`
	Fields []field `json:"fields"`
}

type table struct {
	Messages map[string]map[string]*message `json:"messages"`
	Enums    map[string]map[string][]string `json:"enums"`
}

func main() {
	kinds := runtime.NewScheme()
	must(scheme.AddToScheme(kinds))
	must(apiextensions.AddToScheme(kinds))
	must(aggregator.AddToScheme(kinds))
	w := &walker{
		table:    table{Messages: map[string]map[string]*message{}, Enums: map[string]map[string][]string{}},
		sources:  map[string]*source{},
		topology: topologies(),
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		version, kind, ok := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		if !ok {
			continue
		}
		gv, err := schema.ParseGroupVersion(strings.TrimPrefix(version, "/"))
		must(err)
		typ, ok := kinds.AllKnownTypes()[gv.WithKind(kind)]
		if !ok {
			must(fmt.Errorf("no Go type for %s %s", version, kind))
		}
		w.message(typ, typ)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	must(out.Encode(w.table))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen-kinds:", err)
		os.Exit(1)
	}
}

// groupOf shortens an import path to what the table calls a group: k8s.io/api/core/v1 is core/v1.
func groupOf(pkg string) string {
	parts := strings.Split(pkg, "/")
	return strings.Join(parts[len(parts)-2:], "/")
}

// scalars are types that JSON has a single value for, with their name in the table.
var scalars = map[string]string{
	"k8s.io/apimachinery/pkg/api/resource.Quantity":     "Quantity",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":   "IntOrString",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":         "Time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":    "MicroTime",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":     "Duration",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":     "FieldsV1",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":      "Raw",
	apiextensionsPath + ".JSON":                         "Json",
	apiextensionsPath + ".JSONSchemaPropsOrBool":        "SchemaOrBool",
	apiextensionsPath + ".JSONSchemaPropsOrArray":       "SchemaOrArray",
	apiextensionsPath + ".JSONSchemaPropsOrStringArray": "SchemaOrStrings",
}

const apiextensionsPath = "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

func name(t reflect.Type) string { return t.PkgPath() + "." + t.Name() }
