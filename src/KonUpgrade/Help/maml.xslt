<?xml version="1.0" encoding="utf-8"?>
<!--
  Makes the help file that PowerShell reads out of the short pages beside this sheet, all of them in one element: one
  page a cmdlet, named in index.xml; parameters that mean the same everywhere are told once, in common.xml, and used by name.
-->
<xsl:stylesheet version="1.0"
                xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns="http://msh"
                xmlns:maml="http://schemas.microsoft.com/maml/2004/10"
                xmlns:command="http://schemas.microsoft.com/maml/dev/command/2004/10"
                xmlns:dev="http://schemas.microsoft.com/maml/dev/2004/10">
  <xsl:output method="xml" encoding="utf-8" indent="yes" />
  <xsl:variable name="common" select="/help/common" />

  <xsl:template match="/help">
    <helpItems schema="maml">
      <xsl:for-each select="index/page">
        <xsl:apply-templates select="/help/command[@name = current()/@name]" />
      </xsl:for-each>
    </helpItems>
  </xsl:template>

  <xsl:template match="command">
    <command:command>
      <command:details>
        <command:name><xsl:value-of select="@name" /></command:name>
        <command:verb><xsl:value-of select="substring-before(@name, '-')" /></command:verb>
        <command:noun><xsl:value-of select="substring-after(@name, '-')" /></command:noun>
        <maml:description><maml:para><xsl:value-of select="normalize-space(synopsis)" /></maml:para></maml:description>
      </command:details>
      <maml:description><xsl:apply-templates select="description/p" /></maml:description>
      <command:syntax>
        <xsl:variable name="command" select="." />
        <xsl:for-each select="set">
          <command:syntaxItem>
            <maml:name><xsl:value-of select="$command/@name" /></maml:name>
            <xsl:apply-templates select="$command/parameter[not(@sets) or contains(concat(' ', @sets, ' '), concat(' ', current()/@name, ' '))]" mode="syntax" />
            <xsl:if test="$command/@changes">
              <xsl:apply-templates select="$common/changes/parameter" mode="syntax" />
            </xsl:if>
          </command:syntaxItem>
        </xsl:for-each>
      </command:syntax>
      <command:parameters>
        <xsl:apply-templates select="parameter" mode="full" />
        <xsl:if test="@changes">
          <xsl:apply-templates select="$common/changes/parameter" mode="full" />
        </xsl:if>
      </command:parameters>
      <command:inputTypes>
        <xsl:for-each select="input">
          <command:inputType>
            <dev:type><maml:name><xsl:value-of select="@type" /></maml:name></dev:type>
            <maml:description><maml:para><xsl:value-of select="normalize-space(.)" /></maml:para></maml:description>
          </command:inputType>
        </xsl:for-each>
      </command:inputTypes>
      <command:returnValues>
        <xsl:for-each select="output">
          <command:returnValue>
            <dev:type><maml:name><xsl:value-of select="@type" /></maml:name></dev:type>
            <maml:description><maml:para><xsl:value-of select="normalize-space(.)" /></maml:para></maml:description>
          </command:returnValue>
        </xsl:for-each>
      </command:returnValues>
      <xsl:if test="note">
        <maml:alertSet><maml:alert><xsl:apply-templates select="note/p" /></maml:alert></maml:alertSet>
      </xsl:if>
      <command:examples>
        <xsl:for-each select="example">
          <command:example>
            <maml:title><xsl:value-of select="concat('Example ', position(), ': ', @title)" /></maml:title>
            <dev:code><xsl:value-of select="code" /></dev:code>
            <dev:remarks><xsl:apply-templates select="p" /></dev:remarks>
          </command:example>
        </xsl:for-each>
      </command:examples>
      <command:relatedLinks>
        <xsl:for-each select="link">
          <maml:navigationLink><maml:linkText><xsl:value-of select="." /></maml:linkText><maml:uri /></maml:navigationLink>
        </xsl:for-each>
      </command:relatedLinks>
    </command:command>
  </xsl:template>

  <xsl:template match="p"><maml:para><xsl:value-of select="normalize-space(.)" /></maml:para></xsl:template>

  <xsl:template match="parameter" mode="syntax">
    <xsl:variable name="told" select="self::*[text()] | $common/parameter[@name = current()/@name][not(current()/text())]" />
    <command:parameter>
      <xsl:call-template name="attributes"><xsl:with-param name="told" select="$told" /></xsl:call-template>
      <maml:name><xsl:value-of select="@name" /></maml:name>
      <xsl:call-template name="type"><xsl:with-param name="told" select="$told" /></xsl:call-template>
    </command:parameter>
  </xsl:template>

  <xsl:template match="parameter" mode="full">
    <xsl:variable name="told" select="self::*[text()] | $common/parameter[@name = current()/@name][not(current()/text())]" />
    <command:parameter>
      <xsl:call-template name="attributes"><xsl:with-param name="told" select="$told" /></xsl:call-template>
      <maml:name><xsl:value-of select="@name" /></maml:name>
      <maml:description><maml:para><xsl:value-of select="normalize-space($told)" /></maml:para></maml:description>
      <xsl:call-template name="type"><xsl:with-param name="told" select="$told" /></xsl:call-template>
      <dev:defaultValue><xsl:value-of select="@default | $told[not(current()/@default)]/@default" /></dev:defaultValue>
    </command:parameter>
  </xsl:template>

  <xsl:template name="attributes">
    <xsl:param name="told" />
    <xsl:attribute name="required"><xsl:choose><xsl:when test="@required"><xsl:value-of select="@required" /></xsl:when><xsl:otherwise>false</xsl:otherwise></xsl:choose></xsl:attribute>
    <xsl:attribute name="variableLength"><xsl:value-of select="contains($told/@type, '[]')" /></xsl:attribute>
    <xsl:attribute name="globbing"><xsl:value-of select="boolean($told/@globbing)" /></xsl:attribute>
    <xsl:attribute name="pipelineInput">
      <xsl:choose>
        <xsl:when test="@pipeline"><xsl:value-of select="concat('True (', @pipeline, ')')" /></xsl:when>
        <xsl:otherwise>False</xsl:otherwise>
      </xsl:choose>
    </xsl:attribute>
    <xsl:attribute name="position"><xsl:choose><xsl:when test="@position"><xsl:value-of select="@position" /></xsl:when><xsl:otherwise>named</xsl:otherwise></xsl:choose></xsl:attribute>
    <xsl:attribute name="aliases"><xsl:choose><xsl:when test="$told/@aliases"><xsl:value-of select="$told/@aliases" /></xsl:when><xsl:otherwise>none</xsl:otherwise></xsl:choose></xsl:attribute>
  </xsl:template>

  <xsl:template name="type">
    <xsl:param name="told" />
    <xsl:if test="$told/@type != 'SwitchParameter'">
      <command:parameterValue required="true">
        <xsl:attribute name="variableLength"><xsl:value-of select="contains($told/@type, '[]')" /></xsl:attribute>
        <xsl:value-of select="$told/@type" />
      </command:parameterValue>
    </xsl:if>
    <dev:type><maml:name><xsl:value-of select="$told/@type" /></maml:name></dev:type>
  </xsl:template>
</xsl:stylesheet>
