package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/schema"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

// topology is how server-side apply divides objects: what client-go and its siblings generated for their apply configurations.
type topology struct{ schemas []*schema.Schema }

func topologies() *topology {
	made := &topology{}
	for _, pkg := range []string{
		"k8s.io/client-go/applyconfigurations/internal",
		"k8s.io/apiextensions-apiserver/pkg/client/applyconfiguration/internal",
		"k8s.io/kube-aggregator/pkg/client/applyconfiguration/internal",
	} {
		parser, err := typed.NewParser(typed.YAMLObject(schemaText(pkg)))
		must(err)
		made.schemas = append(made.schemas, &parser.Schema)
	}
	return made
}

// schemaText is the text of the variable schemaYAML: the package is internal, so it is read, not imported.
func schemaText(pkg string) string {
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dirOf(pkg), "internal.go"), nil, 0)
	must(err)
	text := ""
	ast.Inspect(parsed, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "schemaYAML" {
			return true
		}
		literal := spec.Values[0].(*ast.CallExpr).Args[0].(*ast.BasicLit)
		text, err = strconv.Unquote(literal.Value)
		must(err)
		return false
	})
	return text
}

func (t *topology) named(typ reflect.Type) *schema.Map {
	name := openAPIName(typ)
	for _, s := range t.schemas {
		if def, ok := s.FindNamedType(name); ok && def.Map != nil {
			return def.Map
		}
	}
	return nil
}

func (t *topology) isAtomic(typ reflect.Type) bool {
	found := t.named(typ)
	return found != nil && found.ElementRelationship == schema.Atomic
}

// of is `map:key,key`, `set` or `atomic` for a field; lists without an entry are atomic, maps granular.
func (t *topology) of(whole reflect.Type, name string) string {
	def := t.named(whole)
	if def == nil {
		return ""
	}
	f, ok := def.FindField(name)
	if !ok {
		return ""
	}
	if list := f.Type.Inlined.List; list != nil && list.ElementRelationship == schema.Associative {
		if len(list.Keys) == 0 {
			return "set"
		}
		return "map:" + strings.Join(list.Keys, ",")
	}
	relationship := f.Type.ElementRelationship
	if relationship != nil && *relationship == schema.Atomic {
		return "atomic"
	}
	if f.Type.Inlined.Map != nil && f.Type.Inlined.Map.ElementRelationship == schema.Atomic {
		return "atomic"
	}
	return ""
}

// openAPIName is k8s.io/api/core/v1.Pod said as io.k8s.api.core.v1.Pod.
func openAPIName(typ reflect.Type) string {
	host, rest, _ := strings.Cut(typ.PkgPath(), "/")
	parts := strings.Split(host, ".")
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, ".") + "." + strings.ReplaceAll(rest, "/", ".") + "." + typ.Name()
}
