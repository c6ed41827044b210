import { Visitor } from '@swc/core/Visitor.js'

/**
 * dependency-cruiser walks swc's tree with swc's own Visitor, which doesn't know `using` and `await using` and throws at
 * the first of them (@swc/core 1.16). This teaches it; a Visitor that knows them never gets here.
 */
export function teachSwcUsing() {
  const { value: visitKnown } = Object.getOwnPropertyDescriptor(Visitor.prototype, 'visitStatement')
  Visitor.prototype.visitStatement = function visitAnyStatement(statement) {
    if (statement.type !== 'UsingDeclaration') return visitKnown.call(this, statement)
    statement.decls = this.visitVariableDeclarators(statement.decls)
    return statement
  }
}
